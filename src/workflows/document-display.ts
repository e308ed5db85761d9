import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { ErpTarget } from '../contracts/mapping-rules.js';
import { searchAttributes } from '../contracts/search-attributes.js';
import type { Stage } from '../contracts/stages.js';
import type { Hold, PlanSummary } from '../contracts/steps.js';
import { documentDetails } from './document-details.js';
import { placesOf } from './each-erp.js';
import type { DocumentState } from './document-state.js';

/** Keeps the Temporal UI true: search attributes in one upsert per change, and the current details. */
export class DocumentDisplay {
  constructor(private readonly state: DocumentState) {}

  /** Reports where the document goes, once per target. */
  showPlan(plan: PlanSummary): void {
    const { state } = this;
    const isTold = state.target?.erp === plan.erp && state.target.company === plan.company;
    if (state.stage === 'validated' && isTold && state.dates?.postingOn === plan.postingOn) return;
    state.target = { erp: plan.erp, company: plan.company };
    state.stage = 'validated';
    state.dates = { documentOn: plan.documentOn, postingOn: plan.postingOn };
    state.waitingFor = `To be posted in ${placesOf(plan)}.`;
    upsertSearchAttributes([
      { key: searchAttributes.documentStage, value: 'validated' },
      ...targetAttributes(plan),
      { key: searchAttributes.postingDate, value: new Date(`${plan.postingOn}T00:00:00Z`) },
    ]);
    this.describe();
  }

  /** Reports a stage to the UI: one upsert with everything that changed. */
  show(stage: Stage, erpNumber?: string): void {
    this.state.stage = stage;
    upsertSearchAttributes([
      { key: searchAttributes.documentStage, value: stage },
      ...(erpNumber === undefined ? [] : [{ key: searchAttributes.erpNumber, value: erpNumber }]),
    ]);
    this.describe();
  }

  describe(): void {
    setCurrentDetails(documentDetails(this.state));
  }

  holdFor({ hold, target }: { hold: Hold; target?: ErpTarget }): void {
    const before = this.state.hold;
    if (before?.reason !== hold.reason) {
      upsertSearchAttributes([
        { key: searchAttributes.holdReason, value: hold.reason },
        { key: searchAttributes.documentStage, value: this.state.stage },
        ...(target === undefined ? [] : targetAttributes(target)),
      ]);
    }
    const since = before?.since ?? new Date().toISOString();
    const { isOverdue = false, isRuleAsked = false } = before ?? {};
    this.state.hold = { ...hold, since, isOverdue, isRuleAsked };
    this.describe();
  }

  release(): void {
    if (!this.state.hold) return;
    this.state.hold = undefined;
    upsertSearchAttributes([{ key: searchAttributes.holdReason, value: null }]);
    this.describe();
  }
}

const targetAttributes = (target: ErpTarget) => [
  { key: searchAttributes.erp, value: target.erp },
  { key: searchAttributes.legalEntity, value: target.company },
];
