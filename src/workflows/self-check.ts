/**
 * Seconds until a document checks itself: the interval plus or minus a tenth, fixed per document, so that the checks of many
 * documents spread (temporal practices 3). Pure, since a workflow must repeat it exactly.
 */
export function selfCheckDelaySeconds(documentId: string, intervalSeconds: number): number {
  let hash = 0;
  for (const character of documentId) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  const offset = (hash % 2_001) / 10_000 - 0.1;
  return Math.max(1, Math.round(intervalSeconds * (1 + offset)));
}
