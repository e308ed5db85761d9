/** One line of text for an ERP: control characters and runs of blanks become one blank, cut to the limit. */
export function fittedText(text: string, limit: number): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is removed here
  const oneLine = text.replace(/[\u0000-\u001f\u007f\s]+/gu, ' ').trim();
  return [...oneLine].slice(0, limit).join('').trimEnd();
}

/** `2/5 Hotel 2026-08-11`: the counter makes the text unique within the document (F&O spec 10, fingerprint). */
export function numberedText(position: number, count: number, text: string, limit: number): string {
  return fittedText(`${position}/${count} ${text}`, limit);
}
