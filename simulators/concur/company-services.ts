import type { Operation, SimRequest, SimResponse } from '../harness/server.js';
import { broken, guarded } from './admission.js';
import { companyOf, hexIdOf } from './company-book.js';
import { vendorKey } from './company-state.js';
import { listDigests, readDigest } from './digests.js';
import { readReport } from './expense-reports.js';
import { listReports } from './expense-reports-list.js';
import { listUsers, readSpendUsers, readUser, searchUsers } from './identity.js';
import { changeItems, createItems } from './list-writes.js';
import type { ListRecord } from './list-records.js';
import { itemChildren, listChildren } from './lists.js';
import { listLocalizedData } from './localized-data.js';
import { readPurchaseOrder, writePurchaseOrder } from './purchase-orders.js';
import { deleteReceipts, listReceipts, writeReceipt } from './purchase-orders-receipts.js';
import { approvePurchaseRequest, createPurchaseRequest, readPurchaseRequest } from './purchase-requests.js';
import { readImage, readImageAddress } from './receipt-images.js';
import type { ConcurContext } from './state.js';
import { changeVendorGroups, deleteVendor, listVendors } from './vendors.js';
import { writeVendors } from './vendor-writes.js';

/** What the control API may see and do in the services beyond FIS. */
export interface CompanyControl {
  /** Enters vendors as an administrator does, without any check; `loneRows` says how one row is answered from now on. */
  seedVendors(vendors: readonly Record<string, string>[], loneRows?: 'object' | 'array'): { vendors: number };
  vendors(): { fields: Record<string, string>; groups: string[] }[];
  /** Makes lists with items as an administrator does; the items of a list that exists are replaced. */
  seedLists(lists: readonly ListRecord[]): { lists: number };
  lists(): ListRecord[];
  /** Approves a purchase request and answers the numbers of the orders that it became. Throws if it cannot be. */
  approvePurchaseRequest(id: string, orderNumbers: readonly string[]): string[];
}

type Run = (context: ConcurContext, request: SimRequest, parts: string[]) => SimResponse;

interface Service {
  path: RegExp;
  /** By method: name of the operation, scope (undefined where each attribute has its own) and what it does. */
  methods: Record<string, [name: string, scope: string | undefined, run: Run]>;
}

/** Every service beyond FIS. A method that is not listed for a path does not exist there. */
const services: readonly Service[] = [
  {
    path: /^\/api\/v3\.1\/invoice\/vendors$/,
    methods: {
      GET: ['vendors', 'INVVEN', listVendors],
      POST: ['vendorCreate', 'INVVEN', writeVendors],
      PUT: ['vendorUpdate', 'INVVEN', writeVendors],
      DELETE: ['vendorDelete', 'INVVEN', deleteVendor],
    },
  },
  {
    path: /^\/api\/v3\.1\/invoice\/vendor\/groups$/,
    methods: {
      PUT: ['vendorGroups', 'INVVEN', changeVendorGroups],
      DELETE: ['vendorGroups', 'INVVEN', changeVendorGroups],
    },
  },
  {
    path: /^\/list\/v4\/lists\/([^/]+)\/children$/,
    methods: { GET: ['listItems', 'spend.listitem.read', listChildren] },
  },
  {
    path: /^\/list\/v4\/lists\/([^/]+)\/items\/([^/]+)\/children$/,
    methods: { GET: ['listItems', 'spend.listitem.read', itemChildren] },
  },
  {
    path: /^\/list\/v4\/lists\/([^/]+)\/bulk$/,
    methods: {
      POST: ['listItemCreate', 'spend.listitem.write', createItems],
      PATCH: ['listItemChange', 'spend.listitem.write', changeItems],
    },
  },
  {
    path: /^\/api\/v3\.0\/invoice\/paymentrequestdigests$/,
    methods: { GET: ['digests', 'INVPMT', listDigests] },
  },
  {
    path: /^\/api\/v3\.0\/invoice\/paymentrequestdigests\/([^/]+)$/,
    methods: { GET: ['digest', 'INVPMT', (context, request, [id = '']) => readDigest(context, id, request)] },
  },
  {
    path: /^\/api\/v3\.0\/invoice\/localizeddata$/,
    methods: { GET: ['localizeddata', 'INVPMT', listLocalizedData] },
  },
  {
    path: /^\/purchaserequest\/v4\/purchaserequests$/,
    methods: { POST: ['purchaseRequestCreate', 'purchaserequest.write', createPurchaseRequest] },
  },
  {
    path: /^\/purchaserequest\/v4\/purchaserequests\/([^/]+)$/,
    methods: {
      GET: [
        'purchaseRequest',
        'purchaserequest.read',
        (context, request, [id = '']) => readPurchaseRequest(context, id, request),
      ],
    },
  },
  {
    path: /^\/api\/v3\.0\/invoice\/purchaseorders$/,
    methods: {
      POST: ['purchaseOrderCreate', 'INVPO', writePurchaseOrder],
      PUT: ['purchaseOrderUpdate', 'INVPO', writePurchaseOrder],
    },
  },
  {
    path: /^\/api\/v3\.0\/invoice\/purchaseorders\/([^/]+)$/,
    methods: {
      GET: ['purchaseOrder', 'INVPO', (context, request, [number = '']) => readPurchaseOrder(context, number, request)],
    },
  },
  {
    path: /^\/api\/v3\.0\/invoice\/purchaseorderreceipts$/,
    methods: {
      GET: ['receipts', 'INVPO', listReceipts],
      POST: ['receiptCreate', 'INVPO', writeReceipt],
      PUT: ['receiptUpdate', 'INVPO', writeReceipt],
      DELETE: ['receiptDelete', 'INVPO', deleteReceipts],
    },
  },
  {
    path: /^\/expensereports\/v4\/users\/([^/]+)\/context\/([^/]+)\/reports\/([^/]+)$/,
    methods: {
      GET: [
        'expenseReport',
        'expense.report.read',
        (context, request, [userId = '', contextType = '', reportId = '']) =>
          readReport(context, { userId, contextType, reportId }, request),
      ],
    },
  },
  {
    path: /^\/api\/v3\.0\/expense\/reports$/,
    methods: { GET: ['expenseReports', 'EXPRPT', listReports] },
  },
  {
    path: /^\/api\/image\/v1\.0\/(invoice|report)\/([^/]+)$/,
    methods: {
      GET: [
        'imageAddress',
        'IMAGE',
        (context, request, [kind = '', id = '']) => readImageAddress(context, { kind, id }, request),
      ],
    },
  },
  {
    path: /^\/profile\/identity\/v4\.1\/Users$/,
    methods: { GET: ['users', undefined, listUsers] },
  },
  {
    path: /^\/profile\/identity\/v4\.1\/Users\/\.search$/,
    methods: { POST: ['userSearch', undefined, searchUsers] },
  },
  {
    path: /^\/profile\/identity\/v4\.1\/Users\/([^/.]+)$/,
    methods: { GET: ['user', undefined, (context, request, [uuid = '']) => readUser(context, uuid, request)] },
  },
  {
    path: /^\/profile\/spend\/v4\.1\/Users(?:\/([^/]+))?$/,
    methods: {
      GET: [
        'spendUsers',
        'spend.user.general.read',
        (context, request, [uuid]) => readSpendUsers(context, uuid, request),
      ],
    },
  },
];

/** The operation of a request to a service beyond FIS; undefined if it is none of them. */
export function routeCompanyService(context: ConcurContext, request: SimRequest): Operation | undefined {
  const [, imageId] = /^\/image-store\/([^/]+)$/.exec(request.path) ?? [];
  if (imageId !== undefined) {
    return { name: 'image', kind: 'read', execute: () => readImage(context, imageId, request) };
  }
  for (const { path, methods } of services) {
    const match = path.exec(request.path);
    if (match === null) continue;
    const [name, scope, run] = methods[request.method] ?? [];
    if (name === undefined || run === undefined) return notAllowed(context, request);
    return guarded(context, request, name, scope, () => run(context, request, match.slice(1)));
  }
  return undefined;
}

/** What the control API uses of this simulator's company. */
export function companyControl(context: ConcurContext): CompanyControl {
  return {
    seedVendors: (vendors, loneRows) => {
      const company = companyOf(context);
      for (const fields of vendors) {
        const key = vendorKey(fields['VendorCode'] ?? '', fields['AddressCode'] ?? '');
        company.vendors[key] = { id: hexIdOf(key), fields: { ...fields }, groups: [] };
      }
      company.loneRows = loneRows ?? company.loneRows;
      context.desk.changed();
      return { vendors: Object.keys(company.vendors).length };
    },
    vendors: () => Object.values(companyOf(context).vendors).map(({ fields, groups }) => ({ fields, groups })),
    seedLists: (lists) => {
      const company = companyOf(context);
      company.lists = {
        ...company.lists,
        ...Object.fromEntries(lists.map((list) => [list.id, structuredClone(list)])),
      };
      context.desk.changed();
      return { lists: Object.keys(company.lists).length };
    },
    lists: () => Object.values(companyOf(context).lists ?? {}),
    approvePurchaseRequest: (id, orderNumbers) => approvePurchaseRequest(context, id, orderNumbers),
  };
}

function notAllowed(context: ConcurContext, request: SimRequest): Operation {
  const { method, path } = request;
  const execute = (): SimResponse => broken(context, 'unknown', 405, `${method} is not allowed on ${path}`);
  return { name: 'unknown', kind: method === 'GET' ? 'read' : 'write', execute };
}
