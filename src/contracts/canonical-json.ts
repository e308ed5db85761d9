/** JSON that says the same whatever the order of members; the order of lists counts. For digests and comparisons. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, sortedMembers);
}

function sortedMembers(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
