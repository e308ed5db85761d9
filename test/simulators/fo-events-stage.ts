import { BusinessEvents, type BusinessEventReport } from '../../simulators/fo/business-events.js';
import { randomStream } from '../../simulators/harness/random.js';
import type { Desk } from '../../simulators/harness/server.js';
import { openReceiver, until, type Receiver, type Reply } from './concur-events-stage.js';

export const journalPosted = 'VendorInvoiceJournalPostedBusinessEvent';

export const bodies = ({ received }: Receiver): any[] => received.map(({ raw }) => JSON.parse(raw.toString()));

/** Bodies of events, without test messages. */
export const eventsOf = (receiver: Receiver): any[] => bodies(receiver).filter((body) => body.BusinessEventId !== '');

/** Business events with a clock in the test's hands. */
export interface Sender {
  events: BusinessEvents;
  /** Lets time pass and sends what is due. */
  pass: (milliseconds: number) => void;
  publish: (count: number, company?: string, id?: string) => void;
  /** Lets time pass until nothing is pending. */
  settled: () => Promise<BusinessEventReport>;
  /** The state in JSON, as it is saved. */
  saved: () => unknown;
}

export function openSender(state?: unknown): Sender {
  let nowMs = Date.parse('2026-04-10T09:30:15.250Z');
  const random = randomStream(7).next;
  const desk = { now: () => new Date(nowMs), random, changed: () => undefined } as Partial<Desk> as Desk;
  const events = new BusinessEvents(desk, state);
  const pass = (milliseconds: number): void => {
    nowMs += milliseconds;
    events.tick();
  };
  return {
    events,
    pass,
    publish: (count, company = 'usmf', id = journalPosted) => {
      for (let number = 0; number < count; number += 1)
        events.publish({ id, company, payload: { Voucher: String(number) } });
    },
    settled: async () => {
      await until(() => {
        pass(100);
        return events.report().pending === 0;
      }, 'the end of all deliveries');
      return events.report();
    },
    saved: () => JSON.parse(JSON.stringify(events.snapshot())) as unknown,
  };
}

export async function withReceiver(
  reply: (nth: number) => Reply,
  work: (receiver: Receiver) => Promise<void>,
): Promise<void> {
  const receiver = await openReceiver(reply);
  try {
    await work(receiver);
  } finally {
    await receiver.close();
  }
}
