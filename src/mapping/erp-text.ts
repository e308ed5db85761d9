/** Nothing to remove: the most texts are so. */
const isFitting = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/** One line of text for an ERP: control characters and runs of blanks become one blank, cut to the limit. */
export function fittedText(text: string, limit: number): string {
  if (text.length <= limit && isFitting.test(text)) return text;
  // eslint-disable-next-line no-control-regex -- control characters are what is removed here
  const oneLine = text.replace(/[\u0000-\u001f\u007f\s]+/gu, ' ').trim();
  // The ERPs count UTF-16 units; half of a character outside the basic plane would be refused.
  return oneLine
    .slice(0, limit)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd();
}

/** `2/5 Hotel 2026-08-11`: the counter makes the text unique within the document (F&O spec 10, fingerprint). */
export function numberedText(position: number, count: number, text: string, limit: number): string {
  return fittedText(`${position}/${count} ${text}`, limit);
}
