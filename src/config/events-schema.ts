import { z } from 'zod';
import { signatureAlgorithms } from '../contracts/events.js';

const addressSchema = z.url({ protocol: /^https?$/ });

/** An address at which others deliver to us: over TLS only; plain http is for simulators on this machine. */
export const endpointSchema = addressSchema.refine((address) => {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || /^127(\.\d{1,3}){3}$|^\[::1\]$/.test(hostname);
}, 'must begin with https://; http is for 127.0.0.0/8 and ::1 only');

/** Events of one Concur connection (ESS v4). The section is left out where only the poll is wanted (S68). */
export const eventsSchema = z
  .strictObject({
    endpoint: endpointSchema.describe(
      'Public address to which Concur sends events; it must lead to `/concur/events/NAME` of the receiver.',
    ),
    dataCenter: addressSchema.describe(
      'Base URL of the company’s data center, for example https://eu2.api.concursolutions.com.',
    ),
    subscriptionId: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{2,119}$/, 'use lower-case letters, digits, dots and hyphens')
      .optional()
      .describe(
        'Unique over all applications of Concur; derived from name, client id and company where it is left out.',
      ),
    mode: z
      .enum(['off', 'observe', 'enforce'])
      .default('observe')
      .describe('`off` checks no signature, `observe` notes what fits, `enforce` puts events that do not fit aside.'),
    algorithms: z.array(z.enum(signatureAlgorithms)).min(1).default(['pss-sha256']),
    keys: z
      .array(z.union([z.string().min(1), z.strictObject({ file: z.string().min(1) })]))
      .default([])
      .describe('PEM files with public keys or certificates of Concur, relative to this file.'),
    clientCertificate: z
      .strictObject({
        header: z.string().regex(/^[A-Za-z0-9-]+$/, 'is no name of a header'),
        commonName: z.string().min(1).default('webhook.api.concursolutions.com'),
      })
      .optional(),
    silentAfterHours: z.number().min(2).default(72),
    appCenter: z.boolean().default(false),
  })
  .refine(({ mode, keys }) => mode !== 'enforce' || keys.length > 0, {
    path: ['keys'],
    error: 'mode enforce needs at least one key, or every event would be put aside',
  });
export type EventsSection = z.infer<typeof eventsSchema>;

/** Where the receiver of events listens; it must be reached through a proxy with TLS. */
export const receiverSchema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535),
});
