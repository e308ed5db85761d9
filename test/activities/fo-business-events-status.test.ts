import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Command } from 'commander';
import { addEventsCommands } from '../../src/cli/events-commands.js';
import { storeBusinessEvent } from '../../src/store/business-event-store.js';
import { migrate, openDatabase } from '../../src/store/database.js';
import { testDatabase } from '../support/postgres.js';
import { configFiles, validEnvironment } from '../unit/config-files.js';

test('S46, S32: events status shows what came in at an F&O connection, and nothing of the secret', async (t) => {
  const secret = 'path-secret-path-secret-path-secret';
  const database = await testDatabase();
  const db = openDatabase(database.url, { max: 2 });
  t.after(async () => {
    await db.end();
    await database.close();
  });
  await migrate(db);
  const event = { connection: 'fo', eventId: 'e1', businessEventId: 'VendorInvoicePostedBusinessEvent' };
  const rest = { company: 'demf', happenedAt: null, awaits: ['watch-postings:fo:demf'], note: null, body: null };
  for (let turn = 0; turn < 3; turn += 1) await storeBusinessEvent(db, { ...event, ...rest });
  const section = '    businessEvents: { pathSecret: { env: EVENT_SECRET } }\n';
  const { path } = configFiles(t, [['    clientId: fo-app\n', `    clientId: fo-app\n${section}`]]);
  // The command reads the environment of its process.
  Object.assign(process.env, validEnvironment, { EVENT_SECRET: secret, DATABASE_URL: database.url });
  const printed: string[] = [];
  const print = mock.method(console, 'log', (line: string) => printed.push(line));
  t.after(() => print.mock.restore());
  const program = new Command().exitOverride();
  addEventsCommands(program);
  await program.parseAsync(['events', 'status', '--connection', 'fo', '--config', path], { from: 'user' });
  const shown = printed.join('\n');
  for (const line of [
    /^received +1$/m,
    /^repeated +2$/m,
    /^waiting +1$/m,
    /^companies +all$/m,
    /^path +\/dynamics\/fo\/events\/fo\/…$/m,
  ]) {
    assert.match(shown, line);
  }
  assert.match(shown, /^last event +VendorInvoicePosted/m);
  assert.ok(!shown.includes(secret));
});
