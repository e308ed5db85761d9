import { journalNameFaults } from '../journal-name-rules.js';
import { journalNameRemedy } from '../master-data-rules.js';
import { menu } from '../menu-paths.js';
import type { ODataClient } from '../odata.js';
import { sameCode, textEquals } from '../odata-literals.js';
import type { FoCompanyUse } from './fo-set-up.js';
import { doubt, fault, fine, type SetUpFinding } from '../../set-up-finding.js';
import { journalNameSetUpColumns, journalNameSetUpSchema, type JournalNameSetUp } from './set-up-schemas.js';

/** Each journal name of a company with its set-up (F&O spec 14): what stops documents, and what surprises accountants. */
export async function journalNameFindings(
  odata: ODataClient,
  use: FoCompanyUse,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const { company, journalNames } = use;
  const names = Object.keys(journalNames);
  const rows = await odata.read({
    set: 'JournalNames',
    company,
    anyOf: names.map((name) => textEquals('Name', name)),
    select: journalNameSetUpColumns,
    row: journalNameSetUpSchema,
    signal,
  });
  return names.flatMap((name) => {
    const check = `journal name ${name}, ${company}`;
    const row = rows.find((one) => sameCode(one.Name, name));
    const switchesOff = `documents that are written under ${name}`;
    if (row === undefined) {
      return [fault(check, `It does not exist in company ${company}.`, { switchesOff, remedy: journalNameRemedy })];
    }
    const stops = journalNameFaults(row, journalNames[name] ?? []);
    const found = [
      ...stops.map(({ message, remedy }) => fault(check, message, { switchesOff, remedy })),
      ...remarks(row, check, use),
    ];
    return found.length > 0 ? found : [fine(check, `Type ${row.Type}, voucher series ${row.VoucherSeriesCode}.`)];
  });
}

function remarks(row: JournalNameSetUp, check: string, { postsByService }: FoCompanyUse): SetUpFinding[] {
  const place = `In ${menu.journalNames}, journal name ${row.Name}`;
  return [
    ...(row.VoucherSeriesCode === ''
      ? [
          fault(check, `Journal name ${row.Name} has no voucher series, so that its lines get no voucher number.`, {
            switchesOff: `documents that are written under ${row.Name}`,
            remedy: `${place}, choose a Voucher series (${menu.numberSequences}).`,
          }),
        ]
      : []),
    ...(row.IsWorkflowApprovalActive
      ? [
          doubt(check, `Journals of ${row.Name} go through an approval workflow, and no integration can submit them.`, {
            switchesOff: postsByService
              ? 'the posting by your posting service until a journal is approved'
              : 'posting without people: somebody submits and approves each journal',
            remedy: `${place}, set Approval workflow to No; or have people submit the journals, and end the workflow with the automated task that posts.`,
          }),
        ]
      : []),
    ...(row.AmountsIncludeSalesTax
      ? [
          doubt(
            check,
            `Amounts of ${row.Name} count as including sales tax, so that F&O may split tax off a second time.`,
            {
              switchesOff: 'the certainty that posted amounts are those of Concur; differences are held',
              remedy: `${place}, set Amounts include sales tax to No: the connector writes net amounts and tax in lines of their own.`,
            },
          ),
        ]
      : []),
  ];
}
