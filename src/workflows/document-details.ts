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
  if (state.waitingFor) lines.push('', state.waitingFor);
  for (const posted of state.erpDocuments) {
    lines.push(`- posted in **${posted.company}** as **${posted.number}** on ${posted.postedOn}`);
  }
  if (state.hold) lines.push('', ...holdDetails(state.hold));
  return lines.join('\n');
}

const watchedAdvice =
  '- Create or unblock the vendor account that is named above in the ERP: the document goes on by itself.';

function holdDetails(hold: NonNullable<DocumentState['hold']>): string[] {
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
      `- Send the update or signal \`resolveVendor\` with the right vendor account:`,
      '```json',
      JSON.stringify({ vendorKey, vendorNumber: 'VENDOR ACCOUNT', by: 'YOUR NAME', note: 'WHY' }, null, 2),
      '```',
      '',
    );
  }
  lines.push(
    '- After mending the cause (a changed mapping counts once the workers are restarted), send the signal `retryStep` with `{"by":"YOUR NAME","note":"WHAT CHANGED"}`.',
  );
  return lines;
}
