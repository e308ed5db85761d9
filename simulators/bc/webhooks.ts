import { z } from 'zod';
import type { Desk } from '../harness/server.js';
import { Table, type Change, type UndoLog } from './table.js';
import { mergeItems, messageOf } from './webhook-messages.js';
import { WebhookSender } from './webhook-sender.js';
import {
  noCounts,
  webhookSettingsSchema,
  type Mailbox,
  type PendingItem,
  type SubscriptionRow,
  type WebhookCounts,
  type WebhookSettings,
  type WebhookState,
} from './webhook-state.js';

/** Waits before the retries; after the last one the subscriptions are deleted (section 18). */
const retryDelaysMs = [60_000, 60_000, 600_000, 6_000_000, 60_000_000];
const atOnce = 20;

/** Answer of `GET /control/bc/subscriptions`; no client state. */
export interface WebhookReport extends WebhookCounts {
  settings: WebhookSettings;
  /** Items that wait or are under way. */
  pending: number;
  subscriptions: { subscriptionId: string; notificationUrl: string; resource: string; expirationDateTime: string }[];
}

/**
 * Webhooks of the environment (section 18): one message per URL some time after the first change, merged per record, repeated
 * while the receiver is in trouble; a receiver that refuses loses every subscription with its URL.
 */
export class Webhooks {
  readonly sender = new WebhookSender();
  readonly subscriptions: Table<SubscriptionRow>;
  readonly #desk: Desk;
  readonly #undo: UndoLog;
  readonly #mailboxes: Map<string, Mailbox>;
  readonly #running = new Map<string, Promise<void>>();
  readonly #counts: WebhookCounts;
  settings: WebhookSettings;

  /** `settings` are those of the start; a restart goes on with the saved ones. */
  constructor(desk: Desk, undo: UndoLog, settings: unknown, state: WebhookState | undefined) {
    this.#desk = desk;
    this.#undo = undo;
    this.subscriptions = new Table(undo, desk.now, state?.subscriptions);
    // What was under way when the process ended is sent again.
    const boxes = state?.mailboxes.map((box) => ({ ...box, items: mergeItems(box.sending, box.items), sending: [] }));
    this.#mailboxes = new Map(boxes?.map((box) => [box.url, box]));
    this.#counts = { ...noCounts(), ...state?.counts };
    this.settings = webhookSettingsSchema.parse(state?.settings ?? settings ?? {});
  }

  snapshot(): WebhookState {
    const mailboxes = [...this.#mailboxes.values()];
    return { settings: this.settings, subscriptions: this.subscriptions.all(), mailboxes, counts: this.#counts };
  }

  report(): WebhookReport {
    this.expire();
    const pending = [...this.#mailboxes.values()].reduce(
      (sum, { items, sending }) => sum + items.length + sending.length,
      0,
    );
    const subscriptions = this.subscriptions.all().map(({ id, notificationUrl, resource, expiresAt }) => ({
      ...{ subscriptionId: id, notificationUrl, resource },
      expirationDateTime: new Date(expiresAt).toISOString(),
    }));
    return { settings: this.settings, ...this.#counts, pending, subscriptions };
  }

  /** Changes settings; what is not named stays. Throws ZodError. */
  change(settings: unknown): void {
    const given = z.record(z.string(), z.unknown()).parse(settings);
    this.settings = webhookSettingsSchema.parse({ ...this.settings, ...given });
    this.#desk.changed();
  }

  /** Queues what the subscriptions want to know of these changes. */
  changed(changes: readonly Change[]): void {
    this.expire();
    for (const subscription of this.subscriptions.all()) {
      const own = changes.filter(({ company, set }) => company === subscription.company && set === subscription.set);
      this.#queue(subscription, own);
    }
  }

  /** To be called often; ends what has expired and sends what is due. */
  tick(): void {
    if (this.sender.closing) return;
    this.expire();
    const due = [...this.#mailboxes.values()].filter(
      ({ url, dueAt }) => !this.#running.has(url) && dueAt <= this.#nowMs(),
    );
    for (const box of due.slice(0, atOnce - this.#running.size)) this.#running.set(box.url, this.#deliver(box));
  }

  /** Deletes subscriptions with what is pending for them, and says how many. */
  remove(isMeant: (subscription: SubscriptionRow) => boolean): number {
    const gone = this.subscriptions.all().filter(isMeant);
    const ids = new Set(gone.map(({ id }) => id));
    for (const subscription of gone) this.subscriptions.remove(subscription);
    if (gone.length === 0) return 0;
    for (const box of this.#mailboxes.values()) {
      box.items = box.items.filter(({ subscription }) => !ids.has(subscription));
      box.sending = box.sending.filter(({ subscription }) => !ids.has(subscription));
      this.#dropIfEmpty(box);
    }
    this.#undo.commit();
    this.#desk.changed();
    return gone.length;
  }

  /** What an administrator deletes; nobody is told. */
  removeByHand(isMeant: (subscription: SubscriptionRow) => boolean): number {
    const deleted = this.remove(isMeant);
    if (deleted > 0) this.#counts.deletedByPeople += 1;
    return deleted;
  }

  /** Deletes what has expired; nobody is told. */
  expire(): void {
    this.#counts.expired += this.remove(({ expiresAt }) => expiresAt <= this.#nowMs());
  }

  /** Breaks off what is under way, which stays pending. */
  async close(): Promise<void> {
    await this.sender.close();
    await Promise.all(this.#running.values());
  }

  #queue(subscription: SubscriptionRow, changes: readonly Change[]): void {
    const { lostShare, lateShare, lateMs, delayMs } = this.settings;
    const chance = (share: number): boolean => share > 0 && this.#desk.random() < share;
    const items = changes.flatMap(({ id, kind, at }): PendingItem[] => {
      if (!chance(lostShare)) return [{ subscription: subscription.id, record: id, kind, firstAt: at, at }];
      this.#counts.lost += 1;
      return [];
    });
    if (items.length === 0) return;
    const url = subscription.notificationUrl;
    const box = this.#mailboxes.get(url);
    if (box !== undefined) {
      box.items = mergeItems(box.items, items);
      return;
    }
    const isLate = chance(lateShare);
    if (isLate) this.#counts.late += 1;
    const dueAt = this.#nowMs() + delayMs + (isLate ? Math.floor(this.#desk.random() * lateMs) : 0);
    this.#mailboxes.set(url, { url, dueAt, attempts: 0, items: mergeItems([], items), sending: [] });
  }

  #dropIfEmpty(box: Mailbox): void {
    const isEmpty = box.items.length === 0 && box.sending.length === 0;
    if (isEmpty && !this.#running.has(box.url)) this.#mailboxes.delete(box.url);
  }

  async #deliver(box: Mailbox): Promise<void> {
    const { threshold, doubledShare } = this.settings;
    box.sending = box.items;
    box.items = [];
    const message = messageOf(box.sending, this.subscriptions.all(), { threshold, random: this.#desk.random });
    let status = await this.#attempt(box.url, message);
    if (isTaken(status) && doubledShare > 0 && this.#desk.random() < doubledShare) {
      this.#counts.doubled += 1;
      status = await this.#attempt(box.url, message);
    }
    this.#running.delete(box.url);
    this.#settle(box, status);
    this.#dropIfEmpty(box);
    this.#desk.changed();
  }

  #attempt(url: string, message: unknown): Promise<number | undefined> {
    return this.sender.send(url, message, this.settings.answerMs);
  }

  #settle(box: Mailbox, status: number | undefined): void {
    if (isTaken(status)) {
      this.#counts.sent += 1;
      box.attempts = 0;
      box.sending = [];
      box.dueAt = this.#nowMs() + this.settings.delayMs;
      return;
    }
    box.items = mergeItems(box.sending, box.items);
    box.sending = [];
    // An answer that went down with this process says nothing about the receiver.
    if (this.sender.closing) return;
    const isMeant = ({ notificationUrl }: SubscriptionRow): boolean => notificationUrl === box.url;
    if (!isTrouble(status)) {
      this.#counts.deletedByAnswer += this.remove(isMeant);
      return;
    }
    const delay = retryDelaysMs[box.attempts];
    if (delay === undefined) {
      this.#counts.deletedAfterRetries += this.remove(isMeant);
      return;
    }
    this.#counts.failed += 1;
    box.attempts += 1;
    box.dueAt = this.#nowMs() + delay * this.settings.retryFactor;
  }

  #nowMs(): number {
    return this.#desk.now().getTime();
  }
}

function isTaken(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

/** No answer, 408, 429 and 5xx are tried again. */
function isTrouble(status: number | undefined): boolean {
  return status === undefined || status === 408 || status === 429 || status >= 500;
}
