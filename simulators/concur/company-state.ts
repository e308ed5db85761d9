import type { ListRecord } from './list-records.js';

/** One vendor address. Its key is vendor code and address code together (concur-platform.md 3). */
export interface VendorRecord {
  id: string;
  /** Fields of the API that hold something, by their API names. */
  fields: Record<string, string>;
  groups: string[];
}

/** A person of the company, as Identity and Spend tell it (concur-platform.md 6.2). */
export interface UserRecord {
  uuid: string;
  userName: string;
  email: string;
  givenName: string;
  familyName: string;
  employeeNumber: string;
  costCenter?: string | undefined;
  ledgerCode?: string | undefined;
  currency: string;
}

/** One line of a purchase request, as far as orders come from it. Amounts are decimal strings. */
export interface PurchaseRequestLine {
  vendorCode: string;
  vendorAddressCode: string;
  description: string;
  quantity: string;
  unitPrice: string;
}

export interface PurchaseRequestRecord {
  id: string;
  number: string;
  /** How many reads still find PENDING_CREATION. */
  pendingReads: number;
  workflowStatus: string;
  currency: string;
  lines: PurchaseRequestLine[];
  orders: string[];
  /** Why it will end as CREATE_FAILED; absent for one that succeeds. */
  failure?: string;
}

/** State of the services beyond FIS; JSON-safe. */
export interface CompanyState {
  /** By `vendorKey`. */
  vendors: Record<string, VendorRecord>;
  /** Key of the vendor of each document that was looked at, by FI document id; empty where it names none. */
  payees: Record<string, string>;
  /** By UUID. */
  users: Record<string, UserRecord>;
  /** How vendor services answer exactly one row. */
  loneRows: 'object' | 'array';
  purchaseRequests: Record<string, PurchaseRequestRecord>;
  /** Bodies as the service answers them, by purchase order number. */
  purchaseOrders: Record<string, Record<string, unknown>>;
  receipts: Record<string, string>[];
  /** By id; absent in the state of an older version. */
  lists?: Record<string, ListRecord>;
  /** Source of numbers that the service gives. */
  lastNumber: number;
}

/** State of a company in which nothing happened yet. */
export function emptyCompany(): CompanyState {
  return {
    vendors: {},
    payees: {},
    users: {},
    loneRows: 'object',
    purchaseRequests: {},
    purchaseOrders: {},
    receipts: [],
    lastNumber: 1000,
  };
}

/** The key of a vendor: neither code is unique by itself. */
export function vendorKey(vendorCode: string, addressCode: string): string {
  return `${vendorCode}/${addressCode}`;
}
