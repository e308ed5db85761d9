/** Headers whose values may be written to logs; everything else prints as a placeholder. */
const PUBLISHABLE_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'concur-correlationid',
  'content-length',
  'content-type',
  'date',
  'documentformatas',
  'ms-correlation-x',
  'ms-dyn-aid',
  'odata-version',
  'request-id',
  'retry-after',
  'user-agent',
  'x-ms-correlation-request-id',
  'x-ms-request-id',
]);

/** Copies headers for a log: names in lower case, values only of names on the allow-list (S32). */
export function redactHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const key = name.toLowerCase();
      return [key, PUBLISHABLE_HEADERS.has(key) ? value : '[redacted]'];
    }),
  );
}

/**
 * Reduces any thrown value to its kind and machine code. Messages of the network libraries name hosts and addresses, so
 * that neither they nor the original object may become the `cause` of a published error.
 */
export function safeCause(thrown: unknown): Error {
  const kind = thrown instanceof Error && /^[A-Za-z]{1,60}$/.test(thrown.name) ? thrown.name : 'Error';
  const code = errorCode(thrown);
  return new Error(code === undefined ? kind : `${kind} ${code}`);
}

/** The machine code of a network failure (`ECONNRESET`, `UND_ERR_SOCKET`), where it has one, looking through causes. */
export function errorCode(thrown: unknown): string | undefined {
  for (let error: unknown = thrown; error instanceof Error; error = error.cause) {
    const code: unknown = Reflect.get(error, 'code');
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code;
  }
  return undefined;
}

/** A correlation id as far as it may be published: ids only, so that no header can carry text into a log line. */
export function publishableId(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9._:|=+/-]{1,128}$/.test(value) ? value : undefined;
}
