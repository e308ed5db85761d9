import type { FoJournal } from './journal-kinds.js';
import { menu } from './menu-paths.js';
import type { JournalNameRow } from './schemas.js';

/** What is wrong with the set-up of a journal name, and what to change there. */
export interface JournalNameFault {
  /** A sentence for an accountant. */
  message: string;
  remedy: string;
}

/** Journal type that each route needs: its wire name, and its name on the page. */
const typeOfRoute: Record<FoJournal['route'], { type: string; label: string }> = {
  'fo-general-journal': { type: 'Daily', label: 'Daily' },
  'fo-vendor-invoice-journal': { type: 'PurchaseLedger', label: 'Vendor invoice recording' },
};

/**
 * Everything in a journal name's set-up with which a document must not be written (F&O spec 14): vouchers that change or
 * are asked for, lines that vanish at posting, entries in sum, or the type of another kind of journal. `routes` are those
 * that write under this name; an unset type is not judged.
 */
export function journalNameFaults(row: JournalNameRow, routes: readonly FoJournal['route'][]): JournalNameFault[] {
  const fault = (problem: string, change: string): JournalNameFault => ({
    message: `Journal name ${row.Name} ${problem}.`,
    remedy: `In ${menu.journalNames}, journal name ${row.Name}, ${change}.`,
  });
  const needed = routes.map((route) => typeOfRoute[route]).find(({ type }) => row.Type !== '' && row.Type !== type);
  return [
    ...(needed === undefined
      ? []
      : [
          fault(
            `is of type ${row.Type}, but what is written under it needs the type ${needed.label}`,
            `choose Journal type ${needed.label}, or name another journal name in the connections file`,
          ),
        ]),
    ...(row.NewVoucher === 'Manually'
      ? [fault('asks for manual voucher numbers', 'set New voucher to One voucher number only')]
      : []),
    ...(row.VoucherAllocationAtPosting
      ? [fault('replaces the voucher number at posting', 'set Number allocation at posting to No')]
      : []),
    ...(row.DeleteLinesAfterPosting
      ? [
          fault(
            'deletes its lines after posting, so that no posting could be proved',
            'set Delete lines after posting to No',
          ),
        ]
      : []),
    ...(row.DetailLevel === 'Summary'
      ? [fault('posts in summary instead of in detail', 'set Detail level to Details')]
      : []),
  ];
}
