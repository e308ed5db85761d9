import type { DocumentDependencies } from '../activities/dependencies.js';
import type { PurchaseReviewDependencies } from '../activities/purchase-review.js';
import type { DocumentTimings } from '../contracts/steps.js';
import type { ConnectionsFile, ErpConnection } from '../config/connections-schema.js';
import { purchaseOrderRules } from '../config/purchase-requests-schema.js';
import { vendorSyncRules } from '../config/vendor-sync-schema.js';
import type { Parts } from './parts.js';
import { planningSettings } from './planning.js';

/** What the activities on the queue `documents` need. */
export function documentDependencies(parts: Parts): DocumentDependencies {
  const { file } = parts.connections;
  const companies = file.erp.flatMap((erp) =>
    erp.companies.map((company) => ({ key: `${erp.name}/${company.company}`, company })),
  );
  return {
    ...parts.shared,
    ...planningSettings(parts.connections),
    manualRelease: file.erp.filter(({ release }) => release === 'manual').map(({ name }) => name),
    queuePrefix: file.operation.queuePrefix,
    timings: documentTimings(file),
    returns: Object.fromEntries(file.concur.map(({ name, returnToConcur }) => [name, returnToConcur])),
    postingDeadlineSeconds: Object.fromEntries(file.erp.map((erp) => [erp.name, deadlineOf(erp)])),
    unobservablePayments: unobservablePayments(file),
    vendorSync: Object.fromEntries(
      companies.flatMap(({ key, company: { vendorSync } }) =>
        vendorSync === undefined ? [] : [[key, { concur: vendorSync.concur, rules: vendorSyncRules(vendorSync) }]],
      ),
    ),
  };
}

/** What the activities of purchase requests on the queue `documents` need. */
export function purchaseDependencies(parts: Parts): PurchaseReviewDependencies {
  const { file, rules } = parts.connections;
  return { ...parts.shared, rules, purchaseOrders: purchaseOrderRules(file) };
}

/** `erp/company` of the companies whose ERP shows no payments: nothing can be confirmed there (decisions 21). */
export function unobservablePayments(file: ConnectionsFile): string[] {
  return file.erp.flatMap((erp) =>
    erp.kind !== 'dynamics-fo'
      ? erp.companies
          .filter(({ paymentSource }) => paymentSource === 'status-only')
          .map(({ company }) => `${erp.name}/${company}`)
      : [],
  );
}

const deadlineOf = (erp: ErpConnection): number => Math.round(erp.postingDeadlineHours * 3_600);

/** Timings travel as arguments: a running workflow never reads configuration (house style B6). */
export function documentTimings(file: ConnectionsFile): DocumentTimings {
  const { selfCheckSeconds, holdReminderSeconds, holdLimitSeconds, retryMaximumSeconds } = file.timings;
  const postingDeadlineSeconds = Math.min(...file.erp.map(deadlineOf));
  return { selfCheckSeconds, holdReminderSeconds, holdLimitSeconds, retryMaximumSeconds, postingDeadlineSeconds };
}
