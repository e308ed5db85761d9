import type { ErpDependencies } from '../activities/dependencies.js';
import { entitySetNames } from '../clients/dynamics-fo/entity-sets.js';
import { createFoAdapter } from '../clients/dynamics-fo/fo-adapter.js';
import { assertAllowedBaseUrl } from '../clients/http/hosts.js';
import type { ErpConnection } from '../config/connections-schema.js';
import type { FoConnection } from '../config/fo-schema.js';
import { SettingsError } from '../config/settings-error.js';
import type { ErpPort } from '../contracts/erp-port.js';
import { bcPort } from './bc-connection.js';
import { entraAuth, erpHttp } from './erp-http.js';
import { journalRoutes } from './fo-journal-names.js';
import { navPort } from './nav-connection.js';
import type { Parts } from './parts.js';
import { auditObserver } from './parts.js';

/** Builds what the activities of one ERP connection need. No call is made here. */
export function connectErp(parts: Parts, erp: ErpConnection): ErpDependencies {
  const { timings } = parts.connections.file;
  return {
    ...parts.shared,
    port: portOf(parts, erp),
    lookAgainSeconds: erp.kind === 'dynamics-fo' ? timings.foLookAgainSeconds : timings.bcLookAgainSeconds,
    overlapSeconds: timings.paymentOverlapSeconds,
  };
}

/** One adapter per kind of connection; nothing else in the connector asks for the kind before it calls. */
function portOf(parts: Parts, erp: ErpConnection): ErpPort {
  switch (erp.kind) {
    case 'dynamics-fo':
      return foPort(parts, erp);
    case 'business-central':
      return bcPort(parts, erp);
    case 'dynamics-nav':
      return navPort(parts, erp);
  }
}

/** A misspelt name would silently replace nothing. @throws SettingsError */
export function assertKnownSets({ name, entitySets }: FoConnection): void {
  const known: readonly string[] = entitySetNames;
  const unknown = Object.keys(entitySets).filter((set) => !known.includes(set));
  if (unknown.length === 0) return;
  throw new SettingsError([
    `entitySets of ERP connection ${name} names ${unknown.join(', ')}, which the connector does not read; the usual names are ${known.join(', ')}`,
  ]);
}

function foPort(parts: Parts, fo: FoConnection): ErpPort {
  const baseUrl = assertAllowedBaseUrl(fo.baseUrl, fo.hostAllow);
  assertKnownSets(fo);
  return createFoAdapter(
    {
      name: fo.name,
      companies: Object.fromEntries(
        fo.companies.map((company) => [
          company.company,
          {
            mode: company.mode,
            journalNames: journalRoutes(company),
            ...(company.postingService === undefined ? {} : { postingService: company.postingService }),
          },
        ]),
      ),
      entitySets: fo.entitySets,
      sharing: {
        waitMilliseconds: fo.shareCallsMilliseconds,
        waitBehindMilliseconds: fo.shareCallsMilliseconds * 8,
        stopping: parts.stopping,
      },
    },
    erpHttp(parts, fo, {
      auth: entraAuth(parts, fo, {
        baseUrl,
        scope: `${baseUrl}/.default`,
        observe: auditObserver(parts.db, parts.logger),
      }),
      correlationHeader: 'ms-dyn-aid',
    }),
  );
}
