import type { HttpClient } from '../../http/types.js';
import { doubt, fault, fine, type SetUpFinding } from '../../set-up-finding.js';
import { rootOf } from '../odata.js';
import { usesRoute, type BcUse } from './bc-set-up.js';

/** Entities by the type that their action `post` is bound to. */
const postable = [
  { type: 'journal', route: 'bc-general-journal' },
  { type: 'purchaseInvoice', route: 'bc-purchase-invoice' },
  { type: 'purchaseCreditMemo', route: 'bc-purchase-invoice' },
] as const;

/** Whether what is written can be posted: the actions stand in the description of the API. None of them is called (trap 5). */
export async function actionFindings(http: HttpClient, use: BcUse, signal: AbortSignal): Promise<SetUpFinding[]> {
  const check = 'posting actions';
  const response = await http.send({
    operation: 'bc.set-up.metadata',
    method: 'GET',
    path: `${rootOf(use)}/v2.0/$metadata`,
    headers: { Accept: 'application/xml' },
    kind: 'read',
    signal,
  });
  if (response.status !== 200) {
    return [doubt(check, `Not looked at: the description of the API is not given (${response.status}).`, {})];
  }
  const actions = response.text.match(/<Action Name="post"[\s\S]*?<\/Action>/gi) ?? [];
  const missing = postable.filter(
    ({ type, route }) =>
      use.companies.some((company) => usesRoute(company, route)) &&
      !actions.some((action) => action.includes(`Microsoft.NAV.${type}"`)),
  );
  if (missing.length === 0) return [fine(check, 'Business Central offers the actions by which the connector posts.')];
  const types = missing.map(({ type }) => type).join(', ');
  return [
    fault(check, `Business Central offers no action to post ${types}.`, {
      switchesOff: 'posting of these documents',
      remedy: 'See that the version offers API v2.0 (Business Central 17 or newer).',
    }),
  ];
}
