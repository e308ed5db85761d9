import type { Company, World } from './company.js';
import { missingValue, notInTable } from './errors.js';
import type { TableLogic } from './table-logic-types.js';
import { journalBatches, journalLines } from './tables-journals.js';
import { integer, text, type Row } from './values.js';

const templates = { GENERAL: 'General', PURCHASES: 'Purchases', PAYMENTS: 'Payments', MONTHLY: 'General' } as const;

/** General journal templates of a company, as the table of templates shows them; MONTHLY is recurring. */
export function journalTemplateRows(company: Company, { faults }: World): Row[] {
  return Object.entries(templates)
    .filter(([name]) => name !== faults['journal-template-missing'])
    .map(([Name, Type]) => ({
      ...{ Name, Type, Recurring: Name === 'MONTHLY', No_Series: '' },
      Posting_No_Series: postingSeriesOf(company),
    }));
}

function postingSeriesOf({ world, head }: Company): string {
  return world.faults['journal-number-series'] === true ? 'GJNL-P+' : head.journalPostingSeries;
}
/** The batch that belongs to people: a connector must never post it. */
export const defaultBatch = 'DEFAULT';

/** Journal batches; a new one takes the posting number series that the template has. */
export const journalBatchLogic: TableLogic = {
  begin: (call, given) => {
    const [template, name] = [text(given, 'Journal_Template_Name'), text(given, 'Name')];
    call.key = `${call.company.head.name}/${name}`;
    if (!journalTemplateRows(call.company, call.world).some(({ Name }) => Name === template)) {
      throw notInTable('Journal Template Name', 'Gen. Journal Batch', template, 'Gen. Journal Template');
    }
    if (name === '') throw missingValue('Name', `Gen. Journal Batch: Journal Template Name=${template}`);
    if (call.company.table(journalBatches).get(template, name) !== undefined) {
      call.repeatMessage = `journal batch ${name} was created before`;
    }
    const series = { Posting_No_Series: postingSeriesOf(call.company) };
    return { Journal_Template_Name: template, Name: name, Bal_Account_Type: 'G/L Account', ...series };
  },
  validate: {},
  removed: (call, row) => {
    if (row['Name'] === defaultBatch) {
      call.world.desk.violation(call.operation, 'deleted the batch DEFAULT of other people');
    }
    const lines = call.company.table(journalLines);
    for (const line of batchLines(call.company, row)) lines.remove(line);
  },
  deskKey: (call, row) => `${call.company.head.name}/${text(row, 'Name')}`,
};

/** The lines of a batch, in their order. */
export function batchLines(company: Company, batch: Row): Row[] {
  return company
    .table(journalLines)
    .filter(
      (line) =>
        line['Journal_Batch_Name'] === batch['Name'] &&
        line['Journal_Template_Name'] === batch['Journal_Template_Name'],
    )
    .sort((left, right) => integer(left, 'Line_No') - integer(right, 'Line_No'));
}
