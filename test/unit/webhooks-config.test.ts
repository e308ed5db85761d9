import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { desiredSchedules } from '../../src/temporal/bootstrap.js';
import { configFiles } from './config-files.js';

const anchor = '    clientSecret: { env: BC_SECRET }\n';
const withWebhooks = (t: TestContext, lines: string) => configFiles(t, [[anchor, `${anchor}    webhooks:\n${lines}`]]);
const webhooksOf = (t: TestContext, lines: string) => {
  const [connection] = withWebhooks(t, lines)
    .load()
    .file.erp.filter(({ kind }) => kind === 'business-central');
  assert.ok(connection?.kind === 'business-central');
  return connection.webhooks;
};

describe('webhooks of Business Central in the connections file', () => {
  it('S54: needs a public address only; the usual sets are followed', (t) => {
    assert.deepEqual(webhooksOf(t, '      publicUrl: https://hooks.example.com/nav/\n'), {
      publicUrl: 'https://hooks.example.com/nav',
      resources: ['vendors', 'purchaseInvoices', 'dimensions', 'accounts'],
    });
  });

  it('S55, C18: the section is left out where polling is enough, and the watches are the same with it', (t) => {
    const without = configFiles(t).load().file;
    assert.ok(without.erp.every((erp) => erp.kind !== 'business-central' || erp.webhooks === undefined));
    const names = (file: typeof without) => desiredSchedules(file).map(({ scheduleId }) => scheduleId);
    const { file } = withWebhooks(t, '      publicUrl: https://hooks.example.com\n').load();
    assert.deepEqual(names(file), names(without));
    assert.ok(names(file).includes("watch-vendors:bc:O'Brien & Söhne"));
  });

  it('S54: plain http is for this machine only, and an address has no query', (t) => {
    const faults = (url: string) => withWebhooks(t, `      publicUrl: ${url}\n`).faults().join('\n');
    assert.match(faults('http://hooks.example.com'), /https/);
    assert.match(faults('https://hooks.example.com/?a=b'), /no query/);
    assert.equal(faults('http://127.0.0.1:8080'), '');
  });

  it('S54: refuses sets that cannot be followed', (t) => {
    const lines = '      publicUrl: https://hooks.example.com\n      resources: [vendors, dimensionValues]\n';
    assert.match(withWebhooks(t, lines).faults().join('\n'), /resources/);
  });
});
