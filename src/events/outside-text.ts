const mostCharacters = 1_000;

/** PostgreSQL takes no NUL in a text: such a value, which no sender means, must not fail an event for ever. */
export function storable(value: string | null): string | null {
  const cleaned = value?.replaceAll('\u0000', '').trim().slice(0, mostCharacters);
  return cleaned === undefined || cleaned === '' ? null : cleaned;
}

/** The value of a JSON text; undefined where it is none. */
export function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
