/** Members of the option fields, English names, in the order of their ordinals. */
export const blockedMembers = [' ', 'Payment', 'All'] as const;
export const purchaseTypes = ['Quote', 'Order', 'Invoice', 'Credit Memo', 'Blanket Order', 'Return Order'] as const;
export const statusMembers = ['Open', 'Released', 'Pending Approval', 'Pending Prepayment'] as const;
export const lineTypes = [' ', 'G/L Account', 'Item', 'Resource', 'Fixed Asset', 'Charge (Item)'] as const;
export const ledgerTypes = [
  ' ',
  'Payment',
  'Invoice',
  'Credit Memo',
  'Finance Charge Memo',
  'Reminder',
  'Refund',
] as const;
export const accountTypes = [
  'G/L Account',
  'Customer',
  'Vendor',
  'Bank Account',
  'Fixed Asset',
  'IC Partner',
  'Employee',
] as const;
export const postingTypes = [' ', 'Purchase', 'Sale', 'Settlement'] as const;
export const chartTypes = ['Posting', 'Heading', 'Total', 'Begin-Total', 'End-Total'] as const;
export const valueTypes = ['Standard', 'Heading', 'Total', 'Begin-Total', 'End-Total'] as const;
export const valuePostings = [' ', 'Code Mandatory', 'Same Code', 'No Code'] as const;
export const detailTypes = ['', 'Initial Entry', 'Application'] as const;
export const sourceTypes = [
  ' ',
  'Customer',
  'Vendor',
  'Bank Account',
  'Fixed Asset',
  'IC Partner',
  'Employee',
] as const;

/** How option fields look from outside: by caption in the language of the service, or by ordinal (section 4). */
export interface OptionFormat {
  ordinals: boolean;
  german: boolean;
}

/** German captions of the members that differ. */
const german: Record<string, string> = {
  Payment: 'Zahlung',
  All: 'Alle',
  Quote: 'Anfrage',
  Order: 'Bestellung',
  Invoice: 'Rechnung',
  'Credit Memo': 'Gutschrift',
  Refund: 'Erstattung',
  Reminder: 'Mahnung',
  Open: 'Offen',
  Released: 'Freigegeben',
  'G/L Account': 'Sachkonto',
  Customer: 'Debitor',
  Vendor: 'Kreditor',
  'Bank Account': 'Bankkonto',
  'Fixed Asset': 'Anlage',
  Employee: 'Mitarbeiter',
  Item: 'Artikel',
  Purchase: 'Einkauf',
  Sale: 'Verkauf',
  Posting: 'Konto',
  Heading: 'Überschrift',
  Total: 'Summe',
  'Initial Entry': 'Urspr. Posten',
  Application: 'Ausgleich',
  'Code Mandatory': 'Code notwendig',
  'Same Code': 'Gleicher Code',
  'No Code': 'Kein Code',
};

/** A member as a page service writes it. */
export function shownMember(members: readonly string[], member: string, format: OptionFormat): string | number {
  if (format.ordinals) return members.indexOf(member);
  return format.german ? (german[member] ?? member) : member;
}

/** The member that a client means by a caption or an ordinal, whichever the service shows; undefined if there is none. */
export function meantMember(members: readonly string[], given: unknown, format: OptionFormat): string | undefined {
  return members.find((member) => String(shownMember(members, member, format)) === String(given));
}

/** A member as SOAP writes it: a name of XML, blank as `_blank_`. */
export function soapMember(member: string): string {
  return member.trim() === '' ? '_blank_' : member.replace(/[^A-Za-z0-9]/g, '_');
}
