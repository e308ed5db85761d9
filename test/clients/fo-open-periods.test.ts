import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adapter, environment, NOW, signal } from './fo-fixtures.js';
import type { MemoryFo } from './fo-memory.js';

const fo = (statuses: [period: string, status: string, ledger?: string, vendor?: string][]): MemoryFo => {
  const memory = environment();
  memory.tables.set('Ledgers', [
    { LegalEntityId: 'usmf', FiscalCalendar: 'Fiscal' },
    { LegalEntityId: 'demf', FiscalCalendar: 'Other' },
  ]);
  const months = ['01', '02', '03', '04'];
  memory.tables.set('FiscalPeriods', [
    ...months.map((month) => period(month)),
    { ...period('01'), PeriodName: 'Opening', Type: 'Opening' },
  ]);
  memory.tables.set(
    'LedgerFiscalPeriods',
    statuses.map(([PeriodName, PeriodStatus, LedgerAccessLevel = 'All', VendAccessLevel = 'All']) => ({
      ...{ LegalEntityId: 'usmf', Calendar: 'Fiscal', YearName: '2026', PeriodName },
      ...{ PeriodStatus, LedgerAccessLevel, VendAccessLevel },
    })),
  );
  return memory;
};
const lastDay: Record<string, string> = { '01': '31', '02': '28', '03': '31', '04': '30' };
const period = (month: string) => ({
  ...{ Calendar: 'Fiscal', FiscalYear: '2026', PeriodName: month, Type: 'Operating' },
  StartDate: `2026-${month}-01T12:00:00Z`,
  EndDate: `2026-${month}-${lastDay[month]}T12:00:00Z`,
});
const open = (memory: MemoryFo, now = () => NOW) => adapter(memory, { now }).readOpenSpans?.('USMF', signal);

describe('open periods of a Finance & Operations company', () => {
  it('B10: neighbouring open periods are one span; closed, on hold and locked ones are none', async () => {
    const memory = fo([
      ['01', 'Open'],
      ['02', 'Open', 'User'],
      ['03', 'OnHold'],
      ['04', 'Open'],
      ['Opening', 'Open'],
    ]);
    assert.deepEqual(await open(memory), [
      { from: '2026-01-01', to: '2026-02-28' },
      { from: '2026-04-01', to: '2026-04-30' },
    ]);
    assert.deepEqual(
      await open(
        fo([
          ['01', 'Closed'],
          ['02', 'Open', 'None'],
          ['03', 'Open', 'All', 'None'],
        ]),
      ),
      [],
    );
  });

  it('B10: a period that a person opens counts a minute later; the calendar is not read again for it', async () => {
    const memory = fo([['01', 'Closed']]);
    let now = NOW;
    const port = adapter(memory, { now: () => now });
    assert.deepEqual(await port.readOpenSpans?.('USMF', signal), []);
    memory.rows('LedgerFiscalPeriods')[0]!['PeriodStatus'] = 'Open';
    assert.deepEqual(await port.readOpenSpans?.('usmf', signal), [], 'remembered');
    now += 60_001;
    assert.deepEqual(await port.readOpenSpans?.('usmf', signal), [{ from: '2026-01-01', to: '2026-01-31' }]);
    assert.equal(memory.calls('FiscalPeriods.read').length, 1);
    assert.equal(memory.calls('LedgerFiscalPeriods.read').length, 2);
  });

  it('B10: where the environment tells nothing of its periods nothing is concluded', async () => {
    const none = environment();
    none.faults.push({
      operation: 'LedgerFiscalPeriods.read',
      when: 'before',
      answers: { status: 404, text: '{"Message":"No HTTP resource was found"}' },
    });
    none.tables.set('Ledgers', [{ LegalEntityId: 'usmf', FiscalCalendar: 'Fiscal' }]);
    none.tables.set('FiscalPeriods', [period('01')]);
    assert.equal(await open(none), undefined);
    assert.equal(await open(fo([])), undefined);
  });
});
