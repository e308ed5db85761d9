import type { SandboxErps } from '../../sandbox/sandbox-types.js';

/** ERPs that `--erp` names; in `nav-classic-drafts` NAV has no codeunit, and a person posts. */
export const erpChoices = ['fo', 'nav', 'nav-classic', 'nav-classic-drafts', 'both'] as const;
export type ErpChoice = (typeof erpChoices)[number];

/** Where faults happen, as `--faults-in` names it. */
export const faultChoices = ['everywhere', 'concur', 'erp', 'fo', 'nav'] as const;
export type FaultChoice = (typeof faultChoices)[number];

/** Options of `sandbox` as commander parses them. */
export interface SandboxOptions {
  documents?: string;
  seed: number;
  erp: ErpChoice;
  faults: 'none' | 'realistic' | 'brutal';
  /** Where the faults happen. */
  faultsIn: FaultChoice;
  release: 'automatic' | 'manual';
  killWorker: number;
  untilSettled?: boolean;
  json?: boolean;
  fresh?: boolean;
  config?: string;
  readyFile?: string;
  state: string;
  temporalPort?: number;
  uiPort?: number;
  postgresPort?: number;
}

type Faults = Pick<SandboxOptions, 'faults' | 'faultsIn'>;

/** Whether Concur's own troubles come as well: revoked tokens, recalls, corrections, a move to another data center. */
export const isConcurBrutal = ({ faults, faultsIn }: Faults): boolean =>
  faults === 'brutal' && (faultsIn === 'everywhere' || faultsIn === 'concur');

/** Whether an ERP has hardships of its own: lost answers, refusals, payments that are taken back. */
export const isErpBrutal = ({ faults, faultsIn }: Faults, erp: 'fo' | 'nav'): boolean =>
  faults === 'brutal' && (faultsIn === 'everywhere' || faultsIn === 'erp' || faultsIn === erp);

/** The ERPs that the documents go to. */
export const erpsOf = (erp: ErpChoice): SandboxErps =>
  erp === 'nav-classic' || erp === 'nav-classic-drafts' ? 'classic' : erp;
