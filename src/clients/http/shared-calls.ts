import { callContext, type ServedDocument } from './call-context.js';
import { Rejected, Unavailable } from './errors.js';

/** One operation of a remote service that takes several items and answers for each of them. */
export interface ShareableCall<Item, Answer> {
  /** Stable name, for errors. */
  operation: string;
  maximumItems: number;
  /** How many items one of them counts for; one unless given. It is never spread over two calls. */
  sizeOf?: (item: Item) => number;
  /**
   * What tells items apart; one call never carries two items of the same key, for their answers could not be told apart. Left out
   * where an answer may be to several items.
   */
  keyOf?: (item: Item) => string;
  send: (items: Item[], signal: AbortSignal) => Promise<Answer[]>;
  isAnswerTo: (answer: Answer, item: Item) => boolean;
  /** Whether one item may be to blame for a failure of the call, so that each is sent alone; refusals as invalid unless given. */
  isFaultOfOne?: (error: unknown) => boolean;
}

/** How long an item waits for company, and when nobody waits any more. */
export interface Sharing {
  waitMilliseconds: number;
  /** With a call under way others gather for the next one, for so long at most; left out, they wait as long as at any time. */
  waitBehindMilliseconds?: number;
  /** Aborted when the process is told to end: what waits leaves at once. */
  stopping: AbortSignal;
}

/**
 * Lets items of different documents share remote calls without sharing their fates (decisions 27). An item waits a moment for
 * company; the returned function resolves with the answers to its own item, none if the service has left it out. A call that
 * fails as a whole fails every item with the same error, unless one of them may be to blame, as where the service refused it as
 * invalid: then each item is sent alone. A call is aborted only when all have given up.
 */
export function shareCalls<Item, Answer>(
  call: ShareableCall<Item, Answer>,
  { waitMilliseconds, waitBehindMilliseconds, stopping }: Sharing,
): (item: Item, signal: AbortSignal | undefined) => Promise<Answer[]> {
  let gathering: Participant<Item, Answer>[] = [];
  let timer: NodeJS.Timeout | undefined;
  let underWay = 0;
  const sizeOf = (items: readonly Item[]): number => items.reduce((sum, item) => sum + (call.sizeOf?.(item) ?? 1), 0);
  const gatheredSize = (): number => sizeOf(gathering.map(({ item }) => item));

  function stopWaiting(): void {
    clearTimeout(timer);
    stopping.removeEventListener('abort', depart);
  }

  function depart(): void {
    stopWaiting();
    const batch = gathering;
    gathering = [];
    if (batch.length === 0) return;
    underWay += 1;
    void carry(call, batch).finally(() => {
      underWay -= 1;
      if (waitBehindMilliseconds !== undefined && underWay === 0) depart();
    });
  }

  function board(participant: Participant<Item, Answer>): void {
    const { item: own } = participant;
    const key = call.keyOf?.(own);
    const isTaken = key !== undefined && gathering.some(({ item }) => call.keyOf?.(item) === key);
    if (isTaken || gatheredSize() + sizeOf([own]) > call.maximumItems) depart();
    gathering.push(participant);
    if (gatheredSize() >= call.maximumItems || stopping.aborted) depart();
    else if (gathering.length === 1) {
      timer = setTimeout(depart, underWay > 0 ? (waitBehindMilliseconds ?? waitMilliseconds) : waitMilliseconds);
      stopping.addEventListener('abort', depart, { once: true });
    }
  }

  function leave(participant: Participant<Item, Answer>): void {
    const place = gathering.indexOf(participant);
    if (place === -1) return;
    gathering.splice(place, 1);
    if (gathering.length === 0) stopWaiting();
    participant.reject(neverSent(call.operation));
  }

  return async (item, signal) => {
    if (signal?.aborted === true) throw neverSent(call.operation);
    const { promise, resolve, reject } = deferred<Answer[]>();
    const participant = { item, signal, served: callContext.getStore() ?? [], resolve, reject };
    const onAbort = (): void => leave(participant);
    signal?.addEventListener('abort', onAbort, { once: true });
    board(participant);
    return promise.finally(() => signal?.removeEventListener('abort', onAbort));
  };
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

interface Participant<Item, Answer> {
  item: Item;
  signal: AbortSignal | undefined;
  served: readonly ServedDocument[];
  resolve: (answers: Answer[]) => void;
  reject: (error: unknown) => void;
}

async function carry<Item, Answer>(
  call: ShareableCall<Item, Answer>,
  batch: Participant<Item, Answer>[],
): Promise<void> {
  const { signal, release } = abortedWithAll(batch.map((each) => each.signal));
  const items = batch.map(({ item }) => item);
  const served = batch.flatMap((each) => each.served);
  try {
    const answers = await callContext.run(served, () => call.send(items, signal));
    for (const { item, resolve } of batch) resolve(answers.filter((answer) => call.isAnswerTo(answer, item)));
  } catch (error) {
    if (batch.length > 1 && (call.isFaultOfOne ?? isRefusedAsInvalid)(error)) {
      await Promise.all(batch.map((each) => carry(call, [each])));
      return;
    }
    for (const { reject } of batch) reject(error);
  } finally {
    release();
  }
}

/**
 * The service, or our own check before anything is sent (RangeError), finds fault with the content of a call. "Not found" is
 * said of the service as a whole and would only be said again.
 */
export function isRefusedAsInvalid(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof Rejected && error.call.status !== 404);
}

function abortedWithAll(signals: (AbortSignal | undefined)[]): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const look = (): void => {
    if (signals.every((signal) => signal?.aborted === true)) controller.abort(signals[0]?.reason);
  };
  for (const signal of signals) signal?.addEventListener('abort', look, { once: true });
  look();
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of signals) signal?.removeEventListener('abort', look);
    },
  };
}

const neverSent = (operation: string): Unavailable =>
  new Unavailable('The step was cancelled while it waited for company; nothing was sent.', {
    system: 'connector',
    operation,
  });
