import { createHash } from 'node:crypto';
import { emptyCompany, vendorKey, type CompanyState, type UserRecord } from './company-state.js';
import { documentBody, textAt } from './document-reading.js';
import type { ConcurContext, DocumentRecord } from './state.js';

/** With these methods Concur's own Payment Manager or a provider pays the vendor. */
export const paidByConcur: readonly string[] = ['ACH', 'CHECK', 'VCHER', 'PAYPVD'];

const countryOfCurrency: Record<string, string> = { EUR: 'DE', USD: 'US', GBP: 'GB', CHF: 'CH', CAD: 'CA' };

/** The company's state, with the vendors and people of all documents that were loaded so far. */
export function companyOf(context: ConcurContext): CompanyState {
  const company = (context.state.company ??= emptyCompany());
  for (const document of context.state.documents.values()) {
    if (company.payees[document.id] !== undefined) continue;
    const body = documentBody(context, document);
    company.payees[document.id] = document.docType === 'invoice' ? learnVendor(company, document, body) : '';
    for (const part of ['employee', 'employeeData', 'ownerEmployee']) learnUser(company, document, body, part);
    context.desk.changed();
  }
  return company;
}

/** How the vendor of an invoice is paid: as the vendor record says, else as the document does. */
export function payMethodOf(context: ConcurContext, document: DocumentRecord): string {
  const { vendors, payees } = companyOf(context);
  const method = vendors[payees[document.id] ?? '']?.fields['PaymentMethodType'];
  return method ?? document.payMethodType ?? 'CLIENT';
}

/** A stable UUID for a name. */
export function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** An id in the form of Concur's 32 hex digits. */
export function hexIdOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32).toUpperCase();
}

/** The vendor that the document pays exists; a document that Concur pays itself makes its vendor one of that kind. */
function learnVendor(company: CompanyState, document: DocumentRecord, body: unknown): string {
  const code = textAt(body, 'vendor', 'vendorCode');
  if (code === undefined) return '';
  const address = textAt(body, 'vendor', 'vendorRemitToAddressCode') ?? code;
  const key = vendorKey(code, address);
  const method = document.payMethodType ?? 'CLIENT';
  const known = company.vendors[key];
  if (known !== undefined) {
    if (paidByConcur.includes(method)) known.fields['PaymentMethodType'] = method;
    return key;
  }
  const namesake = Object.values(company.vendors).find(({ fields }) => fields['VendorCode'] === code);
  const fields = {
    VendorCode: code,
    AddressCode: address,
    VendorName: namesake?.fields['VendorName'] ?? textAt(body, 'vendor', 'vendorName') ?? code,
    CountryCode: countryOfCurrency[document.currency] ?? 'DE',
    CurrencyCode: document.currency,
    PaymentMethodType: method,
    Approved: 'Y',
  };
  company.vendors[key] = { id: hexIdOf(key), fields, groups: [] };
  return key;
}

function learnUser(company: CompanyState, document: DocumentRecord, body: unknown, part: string): void {
  const employeeNumber = textAt(body, part, 'employeeId');
  if (employeeNumber === undefined) return;
  const uuid = uuidOf(employeeNumber);
  company.users[uuid] ??= userFrom(uuid, employeeNumber, { document, body, part });
}

function userFrom(
  uuid: string,
  employeeNumber: string,
  { document, body, part }: { document: DocumentRecord; body: unknown; part: string },
): UserRecord {
  const local = employeeNumber.toLowerCase().replaceAll(/[^a-z0-9.]/g, '-');
  const email = employeeNumber.includes('@') ? employeeNumber : `${local}@simulated.example`;
  return {
    uuid,
    userName: textAt(body, part, 'loginId') ?? email,
    email: textAt(body, part, 'emailAddress') ?? email,
    givenName: textAt(body, part, 'employeeFirstName') ?? employeeNumber,
    familyName: textAt(body, part, 'employeeLastName') ?? employeeNumber,
    employeeNumber,
    costCenter: textAt(body, part, 'employeeCustom1Code') ?? textAt(body, part, 'employeeOrgUnit1Code'),
    ledgerCode: textAt(body, 'report', 'ledgerCode') ?? textAt(body, 'requestHeader', 'ledgerCode'),
    currency: document.currency,
  };
}
