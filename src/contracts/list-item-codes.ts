/**
 * Codes of list items (concur-platform 5). Concur joins the codes of connected lists by hyphens, and a hyphen inside of a code can
 * corrupt the list: `-` becomes `_h` and `_` becomes `__`, which no two codes share and which can be undone.
 */
export const listItemCode = (code: string): string => code.replaceAll('_', '__').replaceAll('-', '_h');

/** The code as the ERP writes it; a code that was not written by {@link listItemCode} stays as it is. */
export function erpCodeOf(itemCode: string): string {
  if (!/^(?:[^_]|_[_h])*$/.test(itemCode)) return itemCode;
  return itemCode.replaceAll(/_([_h])/g, (_, mark: string) => (mark === 'h' ? '-' : '_'));
}
