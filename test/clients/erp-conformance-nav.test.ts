import type { ErpDocument } from '../../src/contracts/erp-documents.js';
import type { ErpPort } from '../../src/contracts/erp-port.js';
import { NavStage } from '../simulators/nav-stage.js';
import { documents as bcDocuments } from './bc-simulated.js';
import { erpConformance, type ErpUnderTest } from './erp-conformance.js';
import { simulatedNav } from './nav-simulated.js';

const { company } = new NavStage();

/** The routes are those of Business Central; the company is another. */
const documents = Object.fromEntries(
  Object.entries(bcDocuments).map(([route, make]) => [
    route,
    (seed: string): ErpDocument => ({ ...make(seed), erp: 'nav', company }),
  ]),
);

function under(
  stage: NavStage,
  portOf: (nav: ReturnType<typeof simulatedNav>, isHeld: boolean) => ErpPort,
): ErpUnderTest {
  const nav = simulatedNav(stage);
  let isHeld = false;
  return {
    http: nav.http,
    get port() {
      return portOf(nav, isHeld);
    },
    company,
    documents,
    settle: () => {
      stage.nowMs += 2_000;
      stage.nav.tick();
    },
    holdPosting: (on) => {
      isHeld = on;
      stage.nav.pause({ batch: on, payments: true });
    },
    posted: () => stage.nav.posted().length,
    unposted: () => stage.nav.unposted().length,
    misdeeds: () => [...stage.violations, ...stage.repeats.map(({ operation, key }) => `${operation} ${key}`)],
  };
}

// A codeunit posts at once: what is not posted yet is what another deployment, without codeunit, has written.
erpConformance('classic NAV with codeunit', () =>
  under(new NavStage(), ({ posting, drafting }, isHeld) => (isHeld ? drafting : posting)),
);
erpConformance('classic NAV in draft mode', () =>
  under(new NavStage({ codeunit: false, personDelayMs: 1_000 }), ({ drafting }) => drafting),
);
