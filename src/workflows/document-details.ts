import type { DocType } from '../contracts/documents.js';
import { holdReasons } from '../contracts/hold-reasons.js';
import type { DocumentState } from './document-state.js';

const typeNames: Record<DocType, string> = {
  expense: 'Expense report',
  invoice: 'Invoice',
  cashadvance: 'Cash advance',
};

/** What the Temporal UI shows under "User Metadata": where the document is, why, and what a person can do. */
export function documentDetails(state: DocumentState): string {
  const { input } = state;
  const lines = [
    `### ${typeNames[input.key.docType]} ${input.humanNumber}`,
    `**${input.amount} ${input.currency}** · payee ${input.payeeCode} · Concur company ${input.key.connection}`,
    '',
    `Stage: **${state.outcome ?? state.stage}**`,
  ];
  if (state.dates) lines.push('', `Dated ${state.dates.documentOn}, posting date **${state.dates.postingOn}**.`);
  if (input.predecessor !== undefined)
    lines.push('', `Comes after \`${input.predecessor}\`, which has the same number.`);
  if (state.waitingFor) lines.push('', state.waitingFor);
  if (state.notice) lines.push('', state.notice);
  for (const posted of state.erpDocuments) {
    lines.push(`- posted in **${posted.company}** as **${posted.number}** on ${posted.postedOn}`);
  }
  if (state.hold) lines.push('', ...holdDetails(state.hold, mayBeReturned(state)));
  return lines.join('\n');
}

/** After the posting confirmation there is no way back, and a document that is on its way back needs no second request. */
const mayBeReturned = ({ stage, isLeaving }: DocumentState): boolean =>
  !isLeaving && stage !== 'awaiting-payment' && stage !== 'partly-paid';

const watchedAdvice =
  '- Create or unblock the vendor account that is named above in the ERP: the document goes on by itself.';

/** What answers the hold itself comes first. */
function holdDetails(hold: NonNullable<DocumentState['hold']>, isReturnable: boolean): string[] {
  const lines = [
    `#### On hold since ${hold.since.slice(0, 16).replace('T', ' ')} UTC: ${hold.reason}`,
    holdReasons[hold.reason],
    '',
    hold.message,
    '',
    '**What you can do**',
    '',
  ];
  for (const vendorKey of hold.vendorKeys) {
    lines.push(
      ...(hold.watched ? [watchedAdvice] : []),
      '- Send the update or signal `resolveVendor` with the right vendor account:',
      ...message({ vendorKey, vendorNumber: 'VENDOR ACCOUNT', by: 'YOUR NAME', note: 'WHY' }),
    );
  }
  if (hold.reason === 'posted-differently') {
    lines.push(
      '- If it is right as the ERP has posted it, send the update or signal `acceptPosting`. Concur is told the posted numbers, and who took them and why stands in the audit trail:',
      ...message({ by: 'YOUR NAME', note: 'WHY IT IS RIGHT ALL THE SAME' }),
    );
  }
  if (hold.reason === 'awaiting-release') {
    lines.push(
      '- Look at the plan (`concur-dynamics preview --waiting`), then send the update or signal `releaseDocument`; `concur-dynamics documents release` does it for many. What is posted is what this plan says:',
      ...message({ by: 'YOUR NAME', note: '', plan: 'THE TWELVE DIGITS ABOVE' }),
    );
  }
  lines.push(
    '- After mending the cause (a changed mapping counts once the workers are restarted), send the signal `retryStep` with `{"by":"YOUR NAME","note":"WHAT CHANGED"}`.',
  );
  if (hold.reason === 'return-blocked') {
    lines.push(
      '- If what the ERP holds is right after all, send the update or signal `cancelReturn`: the document goes on where it stood:',
      ...message({ by: 'YOUR NAME', reason: 'WHY IT IS KEPT' }),
    );
  }
  if (isReturnable) {
    lines.push(
      '- If the fault is in the document itself, send the update or signal `returnDocument`. Unposted records of it leave the ERP, Concur shows your reason to the employee, and the corrected document comes as a new one:',
      ...message({ by: 'YOUR NAME', reason: 'WHAT IS WRONG AND WHAT THE EMPLOYEE SHOULD DO' }),
    );
  }
  lines.push(
    '- If it has been settled without the connector, send the update or signal `ignoreDocument`. It ends here; nothing is taken out of the ERP and nothing is told to Concur, which keeps a document locked that was acknowledged and never confirmed:',
    ...message({ by: 'YOUR NAME', reason: 'WHY' }),
  );
  return lines;
}

const message = (value: object): string[] => ['```json', JSON.stringify(value, null, 2), '```', ''];
