/** Waits no longer than the limit; what comes later is a repeat when the sender comes again, and that is harmless. */
export async function withinLimit<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new StoringTookTooLong('the event could not be stored in time'));
    }, limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

class StoringTookTooLong extends Error {
  override readonly name = 'StoringTookTooLong';
}
