/**
 * Gives each Concur code one ERP code, unique regardless of case: its own where it fits, else a generated one. The same
 * codes in the same order give the same book.
 */
export interface CodeBook {
  codes: ReadonlyMap<string, string>;
  assign(concurCode: string): string;
}

export function codeBook(prefix: string, fits: RegExp, taken: Set<string> = new Set()): CodeBook {
  const codes = new Map<string, string>();
  let counter = 0;
  const free = (): string => {
    do {
      counter += 1;
    } while (taken.has(numbered(prefix, counter)));
    return numbered(prefix, counter);
  };
  return {
    codes,
    assign(concurCode) {
      const known = codes.get(concurCode);
      if (known !== undefined) {
        return known;
      }
      const own = concurCode.toUpperCase();
      const code = fits.test(concurCode) && !taken.has(own) ? own : free();
      taken.add(code);
      codes.set(concurCode, code);
      return code;
    },
  };
}

function numbered(prefix: string, number: number): string {
  return `${prefix}${String(number).padStart(5, '0')}`;
}
