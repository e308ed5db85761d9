type Fields = Record<string, unknown>;

const amounts = /^(amount[A-Z]|requestTotal$|lineItemUnitPrice$)/;

/** The supplier's credit note that an invoice is with every amount turned round, under a number of its own (NAV spec 17). */
export function creditOf(invoice: Fields): Fields {
  const turned = turnedRound(invoice) as Fields;
  const head = turned['requestHeader'] as Fields;
  const rename = (text: unknown): unknown => (typeof text === 'string' ? text.replace('RE-2026', 'CR-2026') : text);
  const { vendorInvoiceNumber, requestTitle } = head;
  const named = { vendorInvoiceNumber: rename(vendorInvoiceNumber), requestTitle: rename(requestTitle) };
  return { ...turned, requestHeader: { ...head, ...named } };
}

function turnedRound(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turnedRound);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]): [string, unknown] => [
      name,
      typeof member === 'number' && member !== 0 && amounts.test(name) ? -member : turnedRound(member),
    ]),
  );
}
