import type { ReadQuery } from './odata.js';

type Read = <T>(query: ReadQuery<T>) => Promise<T[]>;

/** One caller of a shared read. */
interface Waiter {
  query: ReadQuery<unknown>;
  resolve: (rows: unknown[]) => void;
  reject: (error: unknown) => void;
}

/** Callers that ask the same question. */
interface Question {
  waiting: Waiter[];
  /** Requests under way. */
  asked: number;
  timer: NodeJS.Timeout | undefined;
}

/** With so many terms a read leaves at once: they fill one request. */
const mostTerms = 25;
/** A request under way gathers company for the next one, but no longer than so many times the usual wait: it may hang. */
const longestWaits = 8;

const termsOf = (waiters: readonly Pick<Waiter, 'query'>[]): number =>
  waiters.reduce((sum, { query }) => sum + (query.anyOf?.length ?? 0), 0);

/**
 * Joins reads of the same rows of one set and company that are asked for within a moment, or while such a read is under way, into
 * one `or` chain: the remote budget is what limits a month-end, and documents that are written side by side ask the same questions
 * (F&O spec 3). Only reads that say by `isOwn` which rows are theirs take part; each gets its own rows, as if it had asked alone. A
 * failure is everybody's.
 * @param milliseconds how long a read waits for company; 0 joins nothing
 */
export function shareReads(read: Read, milliseconds: number): Read {
  if (milliseconds === 0) return read;
  // The schema is an object of its own per kind of row: equal columns read by another schema are another question.
  const questions = new Map<unknown, Map<string, Question>>();

  async function leave(waiters: readonly Waiter[]): Promise<void> {
    const present = waiters.filter(({ query }) => !query.signal.aborted);
    const [first] = present;
    if (first === undefined) return;
    const anyOf = present.flatMap(({ query }) => query.anyOf ?? []);
    // Who goes away does not end the read of the others; the last one does.
    const everybodyLeft = new AbortController();
    const ends = present.map(({ query: { signal } }) => {
      const look = (): void => {
        if (present.every(({ query }) => query.signal.aborted)) everybodyLeft.abort(signal.reason);
      };
      signal.addEventListener('abort', look, { once: true });
      return () => {
        signal.removeEventListener('abort', look);
      };
    });
    try {
      const rows = await read({ ...first.query, anyOf, signal: everybodyLeft.signal });
      for (const { query, resolve } of present) resolve(rows.filter((row) => query.isOwn?.(row) === true));
    } catch (error) {
      for (const { reject } of present) reject(error);
    } finally {
      for (const end of ends) end();
    }
  }

  function go(question: Question): void {
    clearTimeout(question.timer);
    question.timer = undefined;
    const waiters = question.waiting;
    if (waiters.length === 0) return;
    question.waiting = [];
    question.asked += 1;
    void leave(waiters).finally(() => {
      question.asked -= 1;
      if (question.asked === 0) go(question);
    });
  }

  function questionOf(query: ReadQuery<unknown>): Question {
    const ofSchema = questions.get(query.row) ?? new Map<string, Question>();
    questions.set(query.row, ofSchema);
    const key = JSON.stringify([query.set, query.company?.toLowerCase(), query.select, query.orderBy]);
    const question = ofSchema.get(key) ?? { waiting: [], asked: 0, timer: undefined };
    ofSchema.set(key, question);
    return question;
  }

  function join(query: ReadQuery<unknown>): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      const { signal } = query;
      signal.throwIfAborted();
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      const question = questionOf(query);
      // The terms of one caller are never spread over two requests: a row that fits both would come twice.
      if (termsOf(question.waiting) + termsOf([{ query }]) > mostTerms) go(question);
      question.waiting.push({ query, resolve, reject });
      if (termsOf(question.waiting) >= mostTerms) {
        go(question);
        return;
      }
      const waitMs = question.asked === 0 ? milliseconds : milliseconds * longestWaits;
      question.timer ??= setTimeout(() => go(question), waitMs);
    });
  }

  return async <T>(query: ReadQuery<T>): Promise<T[]> => {
    const isShared = query.isOwn !== undefined && query.anyOf !== undefined && query.anyOf.length > 0;
    if (!isShared || query.filter !== undefined || query.top !== undefined || query.complete === true) {
      return read(query);
    }
    return (await join(query as ReadQuery<unknown>)) as T[];
  };
}
