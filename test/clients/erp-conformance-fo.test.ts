import { createFoAdapter } from '../../src/clients/dynamics-fo/fo-adapter.js';
import { FoStage, purchasingMaster } from '../simulators/fo-stage.js';
import { erpConformance, LossyHttp, type ErpUnderTest } from './erp-conformance.js';
import { expense, invoice } from './fo-fixtures.js';
import { clientOf } from './fo-simulated.js';

const company = 'USMF';
const dimensions = [
  { dimension: 'BusinessUnit', value: '001' },
  { dimension: 'CostCenter', value: '024' },
];

function start(mode: 'recovery' | 'strong'): ErpUnderTest {
  const stage = new FoStage({ master: purchasingMaster });
  const http = new LossyHttp(clientOf(stage));
  const port = createFoAdapter(
    {
      name: 'fo',
      companies: { [company]: { mode, journalNames: {} } },
      now: () => stage.nowMs,
    },
    http,
  );
  return {
    http,
    port,
    company,
    documents: {
      'fo-general-journal': (seed) => {
        const document = expense({ keySeed: seed, postingOn: '2026-04-10', description: `Concur EXP ${seed} R-1` });
        const number = `CQ${seed.slice(0, 8)}`;
        const lines = document.lines.map((line) =>
          line.accountType === 'Vend' ? line : { ...line, account: '618160', dimensions },
        );
        return { ...document, journalBatchNumber: number, lines };
      },
      'fo-vendor-invoice-journal': (seed) => {
        const number = `RE-${seed.slice(0, 6)}`;
        const document = invoice({
          keySeed: seed,
          postingOn: '2026-04-10',
          description: `Concur INV ${seed} ${number}`,
        });
        const lines = document.lines.map((line) => ({
          ...line,
          document: seed,
          ...(line.accountType === 'Vend' ? { invoice: number, dimensions: [] } : { dimensions }),
        }));
        return {
          ...document,
          journalBatchNumber: `CQ${seed.slice(8)}`,
          reference: number,
          payable: { vendorAccount: 'US-101', amount: '1200.00', invoiceNumber: number },
          lines,
        };
      },
    },
    settle: () => stage.run(1_500),
    holdPosting: () => undefined,
    posted: () => stage.simulator.posted().length,
    unposted: () => stage.simulator.unposted().length,
    misdeeds: () => [...stage.seen.violations, ...stage.seen.repeats],
  };
}

erpConformance('Finance & Operations', () => start('recovery'));
erpConformance('Finance & Operations with numbers of our own', () => start('strong'));
