/** Options of `sandbox` as commander parses them. */
export interface SandboxOptions {
  documents?: string;
  seed: number;
  erp: 'fo' | 'nav' | 'both';
  faults: 'none' | 'realistic' | 'brutal';
  /** Where the faults happen. */
  faultsIn: 'everywhere' | 'concur' | 'erp' | 'fo';
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

/** Whether Concur's own troubles come as well: revoked tokens, recalls, corrections, a move to another data center. */
export const isConcurBrutal = ({ faults, faultsIn }: Pick<SandboxOptions, 'faults' | 'faultsIn'>): boolean =>
  faults === 'brutal' && (faultsIn === 'everywhere' || faultsIn === 'concur');
