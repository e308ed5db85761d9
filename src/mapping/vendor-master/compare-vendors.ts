import type {
  ErpVendor,
  ToldVendor,
  VendorChange,
  VendorComparison,
  VendorElsewhere,
  VendorReading,
  VendorRecord,
  VendorRefusal,
  VendorSyncRules,
} from '../../contracts/vendor-master.js';
import { foldAccount, tooManyChanges } from './change-cap.js';
import { byVendorCode, sharedCodeProblem } from './shared-codes.js';
import { changedProperties, vendorDigest } from './vendor-digest.js';
import { vendorRecord } from './vendor-record.js';

/** What is compared: one company's complete read, and what one Concur connection was told. */
export interface VendorsToCompare {
  company: string;
  rules: VendorSyncRules;
  reading: VendorReading;
  told: readonly ToldVendor[];
  elsewhere: readonly VendorElsewhere[];
}

type Judgement = { change: VendorChange } | { refusal: VendorRefusal } | 'unchanged';

/**
 * Compares a complete read with what Concur was last told (F&O spec 11, decisions 13). A vendor that the ERP does not offer, or
 * that is gone from it or from the vendor groups of the rules, is blocked; nothing is ever deleted. The order of what is given
 * does not matter, and after all changes were told there are none.
 */
export function compareVendors(given: VendorsToCompare): VendorComparison {
  const { company, rules, reading } = given;
  const told = new Map(given.told.map((one) => [foldAccount(one.account), one]));
  const elsewhere = byVendorCode(given.elsewhere);
  const inScope = vendorsInScope(reading, rules);
  const judgements = inScope.map((vendor) => {
    const code = foldAccount(vendor.account);
    return judge({ vendor, company, rules, told: told.get(code), others: elsewhere.get(code) ?? [] });
  });
  const changes = [
    ...judgements.flatMap((judgement) => (isChange(judgement) ? [judgement.change] : [])),
    ...vanished(given, new Set(inScope.map(({ account }) => foldAccount(account)))),
  ].sort(byAccount);
  const refused = judgements.flatMap((judgement) => (isRefusal(judgement) ? [judgement.refusal] : []));
  const tooMany = tooManyChanges(company, rules, { inScope: inScope.length, told: given.told, changes });
  return {
    read: reading.vendors.length + reading.unreadable.length,
    unchanged: judgements.filter((judgement) => judgement === 'unchanged').length,
    changes,
    refusals: [...refused, ...unreadableRefusals(reading)].sort(byAccount),
    ...(tooMany === undefined ? {} : { tooMany }),
  };
}

const isChange = (judgement: Judgement): judgement is { change: VendorChange } =>
  judgement !== 'unchanged' && 'change' in judgement;
const isRefusal = (judgement: Judgement): judgement is { refusal: VendorRefusal } =>
  judgement !== 'unchanged' && 'refusal' in judgement;

const compareTexts = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
const byAccount = (
  left: { account?: string; message?: string },
  right: { account?: string; message?: string },
): number =>
  compareTexts(left.account ?? '', right.account ?? '') || compareTexts(left.message ?? '', right.message ?? '');

/** Each account once: a row that moves while pages are read may come twice. */
function vendorsInScope({ vendors }: VendorReading, { vendorGroups }: VendorSyncRules): ErpVendor[] {
  const groups = vendorGroups === undefined ? undefined : new Set(vendorGroups.map(foldAccount));
  const told = vendors.filter(({ group = '' }) => groups === undefined || groups.has(foldAccount(group)));
  const inOrder = told
    .map((vendor) => ({ vendor, text: JSON.stringify(Object.entries(vendor).sort()) }))
    .sort((left, right) => compareTexts(left.text, right.text));
  return [...new Map(inOrder.map(({ vendor }) => [foldAccount(vendor.account), vendor])).values()];
}

function judge(one: {
  vendor: ErpVendor;
  company: string;
  rules: VendorSyncRules;
  told: ToldVendor | undefined;
  others: readonly VendorElsewhere[];
}): Judgement {
  const { vendor, company, rules, told, others } = one;
  const codes = told?.record;
  const mapped = vendorRecord(vendor, { company, rules, ...(codes === undefined ? {} : { codes }) });
  if (!vendor.offered) {
    // Concur holds no vendor by such codes, so that there is nothing to block.
    if (mapped.isUnnameable) return 'unchanged';
    return changeOf(vendor.account, blockedRecord(mapped.record, told?.record), told);
  }
  const refusal = (problems: readonly string[]): Judgement => ({
    refusal: {
      account: vendor.account,
      ...(vendor.name === '' ? {} : { name: vendor.name }),
      message: `Vendor ${vendor.account} of ${company} cannot be told to Concur. ${problems.join(' ')}`,
    },
  });
  if (mapped.problems.length > 0) return refusal(mapped.problems);
  const judged = changeOf(vendor.account, mapped.record, told);
  const problem = judged === 'unchanged' ? undefined : sharedCodeProblem(company, mapped.record, told, others);
  return problem === undefined ? judged : refusal([problem]);
}

/**
 * Blocking tells Concur nothing but that, so that what it was told of the rest stays what it holds, and what is wrong with the rest
 * keeps no vendor from being blocked.
 */
function blockedRecord(mapped: VendorRecord, told: VendorRecord | undefined): VendorRecord {
  const { group } = mapped;
  return told === undefined ? mapped : { ...told, approved: false, ...(group === undefined ? {} : { group }) };
}

/**
 * Without a difference there is no change, and so no write (S13). What else changes about a vendor that Concur was told is blocked
 * is told when it is offered again.
 */
function changeOf(
  account: string,
  record: VendorRecord,
  told: ToldVendor | undefined,
): { change: VendorChange } | 'unchanged' {
  const hash = vendorDigest(record);
  const isCertain = told?.hash !== undefined;
  if (told?.hash === hash || (isCertain && !record.approved && told.record?.approved === false)) return 'unchanged';
  const kind = !record.approved ? 'block' : told?.record === undefined ? 'create' : 'update';
  const changed = changedProperties(told?.record, record);
  // Under the account that the store knows: the ERPs do not tell `v1` from `V1`.
  return { change: { kind, account: told?.account ?? account, hash, record, changed } };
}

/**
 * Vendors that Concur may offer and that a complete read does not have. A row that could not be read is there; one of which
 * nobody knows whose it is may be any of them, so that nothing counts as gone.
 */
function vanished({ reading, told }: VendorsToCompare, inScope: ReadonlySet<string>): VendorChange[] {
  if (reading.unreadable.some(({ account }) => account === undefined)) return [];
  const unreadable = new Set(reading.unreadable.map(({ account = '' }) => foldAccount(account)));
  return told.flatMap((one) => {
    const code = foldAccount(one.account);
    if (one.record === undefined || inScope.has(code) || unreadable.has(code)) return [];
    const change = changeOf(one.account, { ...one.record, approved: false }, one);
    return change === 'unchanged' ? [] : [change.change];
  });
}

function unreadableRefusals({ unreadable }: VendorReading): VendorRefusal[] {
  return unreadable.map(({ account, message }) =>
    account === undefined
      ? { message: `${message} As long as it is unknown which vendor that is, none counts as removed from the ERP.` }
      : { account, message },
  );
}
