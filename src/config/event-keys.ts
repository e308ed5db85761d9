import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EventKey } from '../contracts/events.js';
import type { ConnectionsFile } from './connections-schema.js';
import type { EventsSection } from './events-schema.js';
import type { Report } from './settings-error.js';

/**
 * Reads the public keys of one connection. A file may hold several PEM blocks, so that the keys of two years stand together
 * (B26); certificates count as the key in them.
 * @param report told of each file that gives no usable key
 */
export function readEventKeys(
  refs: EventsSection['keys'],
  folder: string,
  report: (index: number, problem: string) => void,
): EventKey[] {
  return refs.flatMap((ref, index) => {
    const name = typeof ref === 'string' ? ref : ref.file;
    try {
      const keys = keysIn(readFileSync(resolve(folder, name), 'utf8'));
      if (keys.length === 0) report(index, `${name} holds no PEM block of a public key or certificate`);
      return keys;
    } catch (error) {
      const problem =
        error instanceof Error && 'syscall' in error ? 'cannot be read' : 'holds no usable RSA public key';
      report(index, `${name} ${problem}`);
      return [];
    }
  });
}

function keysIn(text: string): EventKey[] {
  const blocks = text.match(/-----BEGIN (PUBLIC KEY|CERTIFICATE)-----[\s\S]+?-----END \1-----/g) ?? [];
  return blocks.map((block) => {
    const key = createPublicKey(block);
    if (key.asymmetricKeyType !== 'rsa') throw new TypeError('not an RSA key');
    const id = createHash('sha256')
      .update(key.export({ type: 'spki', format: 'der' }))
      .digest('base64');
    return { id, pem: key.export({ type: 'spki', format: 'pem' }).toString() };
  });
}

/** The subscription that the connection keeps; derived so that two installations hardly meet (platform spec 2.1). */
export function subscriptionIdOf(concur: ConnectionsFile['concur'][number], events: EventsSection): string {
  if (events.subscriptionId !== undefined) return events.subscriptionId;
  const digest = createHash('sha256').update(`${concur.clientId}/${concur.companyUuid}`).digest('hex');
  return `concur-dynamics.${concur.name}.${digest.slice(0, 12)}`;
}

/** Connections that keep the same subscription: all companies of a data center may share one (S75). */
export function sharersOf(file: ConnectionsFile, subscriptionId: string): ConnectionsFile['concur'] {
  return file.concur.filter((each) => each.events && subscriptionIdOf(each, each.events) === subscriptionId);
}

/** Reports key files that cannot be used, and connections that mean different subscriptions by one id. */
export function reportEventFaults(file: ConnectionsFile, folder: string, report: Report): void {
  for (const [index, concur] of file.concur.entries()) {
    const { events } = concur;
    if (!events) continue;
    readEventKeys(events.keys, folder, (key, problem) => {
      report(['concur', index, 'events', 'keys', key], problem);
    });
    const [first] = sharersOf(file, subscriptionIdOf(concur, events));
    if (first?.events === undefined || first === concur) continue;
    const isSame =
      first.clientId === concur.clientId &&
      first.events.endpoint === events.endpoint &&
      first.events.dataCenter === events.dataCenter;
    if (!isSame) {
      const problem = `${first.name} has the same subscription: give both the same clientId, endpoint and dataCenter, or different subscriptionIds`;
      report(['concur', index, 'events', 'subscriptionId'], problem);
    }
  }
}
