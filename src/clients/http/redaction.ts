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
