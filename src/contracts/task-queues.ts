/** Queue of workflows and of activities that call no remote service. */
export const documentsQueue = (prefix: string): string => `${prefix}documents`;

/** Queue of all calls to one Concur connection (decisions 6). */
export const concurQueue = (prefix: string, connection: string): string => `${prefix}concur-${connection}`;

/** Queue of all calls to one ERP connection (decisions 6). */
export const erpQueue = (prefix: string, connection: string): string => `${prefix}erp-${connection}`;
