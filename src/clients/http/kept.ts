/** What was read, by key, for a time. */
export interface Kept<T> {
  /** What is kept under the key, else what `read` gives. Questions that come meanwhile wait for the same answer. */
  get(key: string, read: () => Promise<T>): Promise<T>;
  put(key: string, value: T): void;
  forget(key: string): void;
}

/** Makes a memory of `forMs` milliseconds. A read that fails is kept by nobody: whoever waited for it reads for himself. */
export function createKept<T>(forMs: number, clock: { now: () => number }): Kept<T> {
  const values = new Map<string, { value: T; until: number }>();
  const underWay = new Map<string, Promise<T>>();

  const put = (key: string, value: T): void => {
    values.set(key, { value, until: clock.now() + forMs });
  };

  async function readFor(key: string, read: () => Promise<T>): Promise<T> {
    const reading = read();
    underWay.set(key, reading);
    try {
      const value = await reading;
      put(key, value);
      return value;
    } finally {
      if (underWay.get(key) === reading) underWay.delete(key);
    }
  }

  return {
    put,
    forget: (key) => void values.delete(key),
    async get(key, read) {
      const known = values.get(key);
      if (known !== undefined && known.until > clock.now()) return known.value;
      const running = underWay.get(key);
      if (running === undefined) return readFor(key, read);
      try {
        return await running;
      } catch {
        // It may have ended with the one who asked first, who gave up.
        return readFor(key, read);
      }
    },
  };
}
