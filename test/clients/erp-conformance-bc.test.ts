import { company, documents, simulatedBc } from './bc-simulated.js';
import { erpConformance, type ErpUnderTest } from './erp-conformance.js';

function start(): ErpUnderTest {
  const { simulated, http, port } = simulatedBc();
  return {
    http,
    port,
    company,
    documents,
    settle: () => {
      simulated.nowMs += 2_000;
      simulated.bc.tick();
    },
    holdPosting: (on) => simulated.bc.pause({ batch: on, payments: true }),
    posted: () => simulated.bc.posted().length,
    unposted: () => simulated.bc.unposted().length,
    misdeeds: () => [...simulated.violations, ...simulated.repeats.map(({ operation, key }) => `${operation} ${key}`)],
  };
}

erpConformance('Business Central', start);
