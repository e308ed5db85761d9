/**
 * Messages to workflows. Handlers check the shape only, remember what they were told, and the main flow consults it later, so
 * that messages put back by a reset keep their meaning (decisions 24). The names are public: operators type them.
 */
export const messageNames = {
  resolveVendor: 'resolveVendor',
  retryStep: 'retryStep',
  returnDocument: 'returnDocument',
  ignoreDocument: 'ignoreDocument',
  cancelReturn: 'cancelReturn',
  acceptPosting: 'acceptPosting',
  releaseDocument: 'releaseDocument',
  postingFound: 'postingFound',
  paymentReceived: 'paymentReceived',
  vendorChanged: 'vendorChanged',
  refreshNow: 'refreshNow',
  reauthorise: 'reauthorise',
  eventReceived: 'eventReceived',
  changesNotified: 'changesNotified',
  documentStatus: 'documentStatus',
} as const;

/** An operator's answer to "which vendor account is this?"; update and signal under one name. */
export interface ResolveVendor {
  /** The key that the hold names, for example `fo/usmf/employee/1017001`. */
  vendorKey: string;
  vendorNumber: string;
  by: string;
  note: string;
}

/** An operator asks a held document to try its step again. */
export interface RetryStep {
  by: string;
  note: string;
}

/** A person sends a document back to Concur: its employee or processor reads the reason (FIS spec 5.1). */
export interface ReturnDocument {
  by: string;
  /** What is wrong and what to do, in words that an employee understands. */
  reason: string;
  /**
   * Where the ERP had posted it and a person has reversed that: posted number as `company/number` → number of the reversing
   * entry. Each posting that stands must be named.
   */
  reversals?: Record<string, string>;
  /** A person has looked and says that the ERP holds nothing of it; counts only where nothing is planned to look for. */
  erpIsEmpty?: true;
}

/** A person ends a held document without any further effect on either side. */
export interface IgnoreDocument {
  by: string;
  reason: string;
}

/** A person takes back the request to return a document, for example because the ERP has posted it meanwhile. */
export interface CancelReturn {
  by: string;
  reason: string;
}

/** A person takes what the ERP has posted as it stands, although it is not what was meant: Concur is told the posted numbers. */
export interface AcceptPosting {
  by: string;
  /** Why it is right all the same; stands in the audit trail. */
  note: string;
}

/** A person releases the plan of a document after its preview, where the ERP connection wants that (B6). */
export interface ReleaseDocument {
  by: string;
  note: string;
  /** Digest of the plan that was looked at: no other one is released by it. */
  plan: string;
}

/** A release as it is kept. */
export interface Release {
  plan: string;
  by: string;
  note: string;
}

/** A person asks the token keeper to forget why it is parked and to try what is stored or was entered since. */
export interface Reauthorise {
  by: string;
}

/** Answer of the `documentStatus` query. */
export interface DocumentStatus {
  stage: string;
  hold?: { reason: string; message: string; vendorKeys: string[]; since: string };
  erpDocuments: { company: string; number: string; postedOn: string }[];
  outcome?: string;
}

/** Undefined if the value has the shape of {@link ResolveVendor}, else what is wrong with it. */
export function faultOfResolveVendor(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null)
    return 'Send one JSON object: {"vendorKey","vendorNumber","by","note"}.';
  const fields = value as Record<string, unknown>;
  const faulty = ['vendorKey', 'vendorNumber', 'by', 'note'].filter(
    (name) => typeof fields[name] !== 'string' || (name !== 'note' && fields[name] === ''),
  );
  return faulty.length === 0 ? undefined : `These fields must be text: ${faulty.join(', ')}.`;
}

/** Undefined if the value has the shape of {@link ReturnDocument}, {@link IgnoreDocument} and {@link CancelReturn}, else what is wrong with it. */
export function faultOfDecision(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'Send one JSON object: {"by","reason"}.';
  const fields = value as Record<string, unknown>;
  const isText = (text: unknown): boolean => typeof text === 'string' && text.trim() !== '';
  const faulty = ['by', 'reason'].filter((name) => !isText(fields[name]));
  if (faulty.length > 0) return `These fields must be text: ${faulty.join(', ')}.`;
  const { reversals, erpIsEmpty } = fields;
  const isRecord = typeof reversals === 'object' && reversals !== null && !Array.isArray(reversals);
  const areTexts = isRecord && Object.values(reversals).every(isText);
  if (reversals !== undefined && !areTexts)
    return 'Write the reversals as {"company/posted number": "reversing number"}.';
  return erpIsEmpty === undefined || erpIsEmpty === true ? undefined : 'erpIsEmpty is true or left out.';
}

/** Undefined if the value has the shape of {@link AcceptPosting}, else what is wrong with it. */
export function faultOfAcceptPosting(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'Send one JSON object: {"by","note"}.';
  const fields = value as Record<string, unknown>;
  const isText = (text: unknown): boolean => typeof text === 'string' && text.trim() !== '';
  const faulty = ['by', 'note'].filter((name) => !isText(fields[name]));
  return faulty.length === 0 ? undefined : `These fields must be text: ${faulty.join(', ')}.`;
}

/** Undefined if the value has the shape of {@link ReleaseDocument}, else what is wrong with it. */
export function faultOfReleaseDocument(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'Send one JSON object: {"by","note","plan"}.';
  const { by, note, plan } = value as Record<string, unknown>;
  if (typeof by !== 'string' || by.trim() === '') return 'The field by must be text: the name of who releases.';
  if (typeof note !== 'string') return 'The field note must be text; it may be empty.';
  const isPlan = typeof plan === 'string' && /^[0-9a-fA-F]{12}$/.test(plan);
  return isPlan ? undefined : 'The field plan must be the twelve digits that the hold and the preview name.';
}

/** Undefined if the value has the shape of {@link Reauthorise}, else what is wrong with it. */
export function faultOfReauthorise(value: unknown): string | undefined {
  const by = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['by'] : undefined;
  return typeof by === 'string' && by !== '' ? undefined : 'Send one JSON object: {"by"}, with the name of who asks.';
}
