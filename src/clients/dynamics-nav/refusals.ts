import { Rejected, Unavailable, type ExternalSystemError, type FailedCall } from '../http/errors.js';
import { errorBodySchema } from './schemas.js';

/**
 * Stable codes of refusals. The first group are reasons for a person; the second steers the writers, which turn each
 * of them into a success or into a reason before it leaves the adapter.
 */
export type RefusalCode =
  | 'possible-duplicate'
  | 'vendor-blocked'
  | 'vendor-missing'
  | 'period-closed'
  | 'account-unusable'
  | 'dimension-unusable'
  | 'erp-document-changed'
  | 'erp-refused'
  | 'permission'
  | 'already-exists'
  | 'dimension-exists'
  | 'nothing-to-post'
  | 'not-a-draft'
  | 'posting-uncertain'
  | 'entity-changed'
  | 'page-expired'
  | 'company-missing'
  | 'not-found'
  | 'not-understood'
  | 'not-offered';

interface RefusalRule {
  code: RefusalCode;
  /** Tried on `<service code> <text>`; en-US texts, matched loosely because releases reword them (NAV spec 6). */
  matches: RegExp;
  says: string;
}

/** First match wins: a missing set may be called dimensions, and dimension texts also name vendors and accounts. */
const rules: RefusalRule[] = [
  {
    code: 'permission',
    matches: /do not have (the following )?permission|^Authorization_/i,
    says: 'The connector lacks a permission in Business Central.',
  },
  { code: 'company-missing', matches: /CompanyNotFound/i, says: 'Business Central does not know the company.' },
  {
    code: 'not-found',
    matches: /BadRequest_(Resource)?NotFound|RecordNotFound|Record_NotFound/i,
    says: 'Business Central does not hold the record.',
  },
  {
    code: 'dimension-exists',
    matches: /dimension set line already exists/i,
    says: 'The line already carries this dimension.',
  },
  {
    code: 'possible-duplicate',
    matches: /already exists for this vendor/i,
    says: 'Business Central already holds a document with this number from this vendor.',
  },
  {
    code: 'already-exists',
    matches: /EntityWithSameKeyExists|Entity_With_Samekey|already a record/i,
    says: 'Business Central already holds a record with this key.',
  },
  { code: 'nothing-to-post', matches: /nothing to post/i, says: 'The journal batch holds nothing to post.' },
  {
    code: 'not-a-draft',
    matches: /applied to a draft (invoice|credit memo) only/i,
    says: 'The document is no longer a draft.',
  },
  {
    code: 'posting-uncertain',
    matches: /DataNotFoundFilter|dataNotFound_Filter/i,
    says: 'Business Central could not show the result of the posting.',
  },
  {
    code: 'entity-changed',
    matches: /Request_EntityChanged|OData_Entity_Changed/i,
    says: 'The record was changed meanwhile.',
  },
  { code: 'page-expired', matches: /SkipTokenIsNoLongerValid/i, says: 'The page position has expired.' },
  {
    code: 'not-understood',
    matches: /^BadRequest(?!_MethodNotAllowed)/i,
    says: 'Business Central does not understand the call.',
  },
  {
    code: 'erp-refused',
    matches: /CallbackNotAllowed|client callback/i,
    says: 'Code in Business Central asks a person for confirmation meanwhile, which nobody can give here.',
  },
  {
    code: 'erp-refused',
    matches: /posting group must have a value/i,
    says: 'A posting group is missing in Business Central.',
  },
  {
    code: 'erp-refused',
    matches: /status must be equal to 'open'|status must be equal to 'released'|approv(al|ed)/i,
    says: 'A workflow of Business Central must release the document first.',
  },
  {
    code: 'dimension-unusable',
    matches: /dimension/i,
    says: 'A dimension of the document is missing, blocked or not allowed.',
  },
  {
    code: 'vendor-blocked',
    matches: /vendor\b.*\bblocked|blocked\b.*\bvendor/i,
    says: 'The vendor is blocked in Business Central.',
  },
  {
    code: 'vendor-missing',
    matches:
      /vendor cannot be found|vendor values do not match|"vendorNumber" or a "vendorID"|related table \(vendor\)/i,
    says: 'Business Central does not know the vendor.',
  },
  {
    code: 'period-closed',
    matches: /range of allowed posting dates|posting date.*not (allowed|within)|(period|fiscal year).*closed/i,
    says: 'The posting date lies in a period that is closed for posting.',
  },
  {
    code: 'account-unusable',
    matches: /direct posting must|G\/L account|account(Number|Id)?"? (values )?do(es)? not (match|exist)/i,
    says: 'A ledger account of the document does not exist or allows no posting.',
  },
];

/** Another session has the records: the work was rolled back, or never begun (NAV spec 5). */
const held = /deadlock|locked by another (user|session)|transaction (done )?by another (user|session)|unable to lock/i;

const correlation = /\s*CorrelationId:\s*([0-9a-f][0-9a-f-]+)\.?\s*/i;
const longestSentence = 400;

/** The service's words without correlation id, addresses and line breaks: fit for a person and for a log. */
function sentenceOf(message: string): string {
  const plain = message
    .replace(correlation, ' ')
    .replace(/https?:\/\/\S+/g, '…')
    .replace(/\s+/g, ' ')
    .trim();
  return plain.length > longestSentence ? `${plain.slice(0, longestSentence)}…` : plain;
}

function ruleFor(status: number, subject: string): { code: RefusalCode; says: string } {
  const rule = rules.find(({ matches }) => matches.test(subject));
  if (rule !== undefined) return rule;
  if (status === 403) return { code: 'permission', says: 'The connector lacks a permission in Business Central.' };
  if (status === 405) return { code: 'not-offered', says: 'The API services of Business Central are switched off.' };
  if (status === 404 || status === 410)
    return { code: 'not-found', says: 'Business Central does not hold the record.' };
  if (status === 409 || status === 412) return { code: 'entity-changed', says: 'The record was changed meanwhile.' };
  return { code: 'erp-refused', says: 'Business Central refused the call.' };
}

/**
 * Turns an error answer into the failure that stands for it (NAV spec 6): a deadlock rolled back and is `Unavailable`,
 * everything else is `Rejected` with a `RefusalCode` and a sentence for an accountant. The correlation id moves from the
 * text into the call facts. Unknown texts are `erp-refused`: held, never repeated.
 */
export function refusalOf(status: number, body: unknown, call: FailedCall): ExternalSystemError {
  const parsed = errorBodySchema.safeParse(body);
  const { code, message } = parsed.success ? parsed.data : { code: '', message: '' };
  const correlationId = correlation.exec(message)?.[1] ?? call.correlationId;
  const facts: FailedCall = { ...call, status, ...(correlationId === undefined ? {} : { correlationId }) };
  if (status === 429 || status >= 500) {
    // A part of a batch; the batch as a whole is rolled back (NAV spec 4).
    return new Unavailable('Business Central is busy and has not taken the call.', facts);
  }
  if (held.test(message)) {
    return new Unavailable('Business Central rolled the work back because another user held the same records.', facts);
  }
  const rule = ruleFor(status, `${code} ${message}`);
  const words = sentenceOf(message);
  return new Rejected(words === '' ? rule.says : `${rule.says} Business Central says: ${words}`, facts, rule.code);
}

/** True for a refusal with one of these codes. */
export function isRefusal(error: unknown, ...codes: RefusalCode[]): error is Rejected {
  return error instanceof Rejected && codes.some((code) => code === error.code);
}

/** Reasons for a person that the steering codes stand for once nobody in the adapter has made anything of them. */
const publishedCodes: Partial<Record<RefusalCode, RefusalCode>> = {
  'already-exists': 'erp-refused',
  'dimension-exists': 'dimension-unusable',
  'nothing-to-post': 'erp-document-changed',
  'not-a-draft': 'erp-document-changed',
  'posting-uncertain': 'erp-refused',
  'not-found': 'erp-document-changed',
  'not-understood': 'erp-refused',
  'page-expired': 'erp-refused',
  'company-missing': 'erp-refused',
  'not-offered': 'erp-refused',
};

const changed: RefusalCode = 'entity-changed';

/**
 * The failure as it may leave the adapter: a steering code becomes the reason for a person that it stands for. Somebody else was
 * faster with a record: nothing was done, and the next attempt reads it anew (NAV spec 5).
 */
export function published(error: unknown): unknown {
  if (!(error instanceof Rejected)) return error;
  if (error.code === changed) return new Unavailable(error.message, { ...error.call, cause: error });
  const code = publishedCodes[error.code as RefusalCode];
  return code === undefined ? error : new Rejected(error.message, { ...error.call, cause: error }, code);
}
