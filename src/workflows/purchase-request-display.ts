import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { holdReasons } from '../contracts/hold-reasons.js';
import { changeDecisions, type PurchaseRequestStage } from '../contracts/purchase-orders.js';
import { searchAttributes } from '../contracts/search-attributes.js';
import type { Hold } from '../contracts/steps.js';
import type { PurchaseRequestState } from './purchase-request-state.js';

/** Keeps the Temporal UI true: search attributes where they change, and the current details. */
export class PurchaseRequestDisplay {
  private shown: Record<string, string> = {};

  constructor(private readonly state: PurchaseRequestState) {}

  show(stage: PurchaseRequestStage): void {
    const { state } = this;
    state.stage = stage;
    const [order] = state.orders.filter(({ erpNumber }) => erpNumber !== undefined);
    const values = {
      documentStage: stage,
      documentNumber: state.number,
      ...(order?.erp === undefined ? {} : { erp: order.erp }),
      ...(order?.company === undefined ? {} : { legalEntity: order.company }),
      ...(order?.erpNumber === undefined ? {} : { erpNumber: order.erpNumber }),
    };
    const changed = Object.entries(values).filter(([name, value]) => this.shown[name] !== value);
    if (changed.length > 0) {
      upsertSearchAttributes(
        changed.map(([name, value]) => ({ key: searchAttributes[name as keyof typeof values], value })),
      );
    }
    this.shown = { ...this.shown, ...values };
    this.describe();
  }

  holdFor(hold: Hold): void {
    const before = this.state.hold;
    if (before?.reason !== hold.reason)
      upsertSearchAttributes([{ key: searchAttributes.holdReason, value: hold.reason }]);
    const { since = new Date().toISOString(), isOverdue = false } = before ?? {};
    this.state.hold = { ...hold, since, isOverdue };
    this.describe();
  }

  release(): void {
    if (!this.state.hold) return;
    this.state.hold = undefined;
    upsertSearchAttributes([{ key: searchAttributes.holdReason, value: null }]);
    this.describe();
  }

  describe(): void {
    setCurrentDetails(purchaseRequestDetails(this.state));
  }
}

/** What the Temporal UI shows: where the request is, which orders stand where, what changed, and what a person can do. */
export function purchaseRequestDetails(state: PurchaseRequestState): string {
  const { input, number, stage, outcome, waitingFor, notice, orders, hold, openChanges } = state;
  const lines = [
    `### Purchase request ${number}`,
    `Concur company ${input.key.connection} · request ${input.key.requestId}`,
    '',
    `Stage: **${outcome ?? stage}**`,
    ...[waitingFor, notice].filter((text) => text !== '').flatMap((text) => ['', text]),
  ];
  if (orders.length > 0) lines.push('');
  for (const { orderNumber, state: standing, company = '', erpNumber } of orders) {
    const there = erpNumber === undefined ? '' : `, in **${company}** as **${erpNumber}**`;
    lines.push(`- order **${orderNumber}**${there}: ${standing}`);
  }
  for (const change of openChanges) lines.push('', ...changeDetails(change));
  if (hold) lines.push('', ...holdDetails(hold));
  if (outcome === undefined) {
    lines.push(
      '',
      'To stop following it, send the update or signal `ignoreDocument`:',
      ...json({ by: 'YOUR NAME', reason: 'WHY' }),
    );
  }
  return lines.join('\n');
}

function changeDetails({
  change,
  orderNumber,
  sentences,
  seenAt,
}: PurchaseRequestState['openChanges'][number]): string[] {
  return [
    `#### Change ${change} of order ${orderNumber}, seen ${moment(seenAt)}`,
    ...sentences.map((sentence) => `- ${sentence}`),
    '',
    'The order in the ERP is as it was. Do what is to be done there, then send the update or signal `decideChange`:',
    ...json({ change, decision: 'amended', by: 'YOUR NAME', note: 'WHAT WAS DONE' }),
    ...Object.entries(changeDecisions).map(([decision, meaning]) => `- \`${decision}\`: ${meaning}`),
  ];
}

function holdDetails({ reason, message, vendorKeys, since }: NonNullable<PurchaseRequestState['hold']>): string[] {
  return [
    `#### On hold since ${moment(since)}: ${reason}`,
    holdReasons[reason],
    '',
    message,
    '',
    '**What you can do**',
    '',
    ...vendorKeys.flatMap((vendorKey) => [
      '- Send the update or signal `resolveVendor` with the right vendor account:',
      ...json({ vendorKey, vendorNumber: 'VENDOR ACCOUNT', by: 'YOUR NAME', note: 'WHY' }),
    ]),
    '- After mending the cause (a changed mapping counts once the workers are restarted), send the signal `retryStep` with `{"by":"YOUR NAME","note":"WHAT CHANGED"}`.',
  ];
}

const moment = (instant: string): string => `${instant.slice(0, 16).replace('T', ' ')} UTC`;

const json = (value: object): string[] => ['```json', JSON.stringify(value, null, 2), '```', ''];
