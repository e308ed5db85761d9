import { byText, fixed, modifiedField, plainField, text, type EntitySet } from './odata-fields.js';
import type { Stored } from './records.js';
import type { SubscriptionRow } from './webhook-state.js';
import { guidOf } from './world.js';

/** Webhook subscriptions of the environment. The key is a string (section 18). */
export const subscriptions: EntitySet<SubscriptionRow> = {
  name: 'subscriptions',
  type: 'subscription',
  fields: {
    subscriptionId: fixed(text(150, (row) => row.id)),
    notificationUrl: text(2_048, (row) => row.notificationUrl),
    resource: text(2_048, (row) => row.resource),
    userId: fixed(plainField('guid', () => guidOf('user:connector'))),
    lastModifiedDateTime: modifiedField(),
    clientState: text(250, (row) => row.clientState),
    expirationDateTime: fixed(plainField('instant', (row) => new Date(row.expiresAt).toISOString())),
    systemCreatedAt: fixed(plainField('instant', (row) => new Date(row.createdAt).toISOString())),
    systemCreatedBy: fixed(plainField('guid', () => guidOf('user:connector'))),
    systemModifiedAt: modifiedField(),
    systemModifiedBy: fixed(plainField('guid', () => guidOf('user:connector'))),
  },
  parts: {},
  order: (left, right) => byText(left.id, right.id),
  lagging: false,
};

/** A resource that can be subscribed. */
export interface SupportedRow extends Stored {
  resource: string;
}

/** What can be subscribed in a company; a query of the runtime API. */
export const webhookSupportedResources: EntitySet<SupportedRow> = {
  name: 'webhookSupportedResources',
  type: 'webhookSupportedResource',
  keyless: true,
  fields: { resource: text(250, (row) => row.resource) },
  parts: {},
  order: (left, right) => byText(left.resource, right.resource),
  lagging: false,
};
