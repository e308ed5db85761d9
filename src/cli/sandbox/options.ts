/** Options of `sandbox` as commander parses them. */
export interface SandboxOptions {
  documents?: string;
  seed: number;
  erp: 'fo' | 'nav' | 'both';
  faults: 'none' | 'realistic' | 'brutal';
  /** Where the faults happen. */
  faultsIn: 'everywhere' | 'concur' | 'erp';
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
