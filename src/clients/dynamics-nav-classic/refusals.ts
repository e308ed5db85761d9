import { Rejected, Unavailable, type ExternalSystemError, type FailedCall } from '../http/errors.js';

/** Stable codes of refusals: reasons for a person, but for the last three, which steer the writers. */
export type NavRefusalCode =
  | 'possible-duplicate'
  | 'vendor-blocked'
  | 'vendor-missing'
  | 'period-closed'
  | 'account-unusable'
  | 'dimension-unusable'
  | 'erp-document-changed'
  | 'erp-refused'
  | 'permission'
  | 'unsupported-document'
  | 'document-inconsistent'
  | 'entity-changed'
  | 'not-found'
  | 'page-expired';

interface Rule {
  code: NavRefusalCode;
  /** Tried on `<code or exception> <text>`; en-US texts, matched loosely because releases reword them (NAV spec 6). */
  matches: RegExp;
  says: string;
}

/** First match wins. */
const rules: Rule[] = [
  {
    code: 'permission',
    matches: /do not have (the following )?permission/i,
    says: 'The user of the connector lacks a permission in NAV.',
  },
  { code: 'erp-refused', matches: /company_?not_?found/i, says: 'NAV does not know the company.' },
  {
    code: 'possible-duplicate',
    matches: /already exists for this vendor/i,
    says: 'NAV already holds a document with this number from this vendor.',
  },
  {
    code: 'entity-changed',
    matches: /Entity_?Changed|another user has (already )?(changed|modified)|other user has modified/i,
    says: 'The record was changed meanwhile.',
  },
  { code: 'page-expired', matches: /SkipTokenIsNoLongerValid/i, says: 'The page position has expired.' },
  {
    code: 'erp-refused',
    matches: /callback_?not_?allowed|client callback/i,
    says: 'NAV asks a person for confirmation meanwhile, which nobody can give here.',
  },
  { code: 'erp-refused', matches: /posting group must have a value/i, says: 'A posting group is missing in NAV.' },
  {
    code: 'erp-refused',
    matches: /status must be equal to|approv(al|ed)/i,
    says: 'The document must be released or reopened in NAV first.',
  },
  {
    code: 'dimension-unusable',
    matches: /dimension/i,
    says: 'A dimension of the document is missing, blocked or not allowed.',
  },
  {
    code: 'vendor-blocked',
    matches: /vendor\b.*\bblocked|blocked\b.*\bvendor/i,
    says: 'The vendor is blocked in NAV.',
  },
  {
    code: 'vendor-missing',
    matches: /vendor cannot be found|related table \(vendor\)/i,
    says: 'NAV does not know the vendor.',
  },
  {
    code: 'period-closed',
    matches: /range of allowed posting dates|posting date.*not (allowed|within)|(period|fiscal year).*closed/i,
    says: 'The posting date lies in a period that is closed for posting.',
  },
  {
    code: 'account-unusable',
    matches: /direct posting must|G\/L account/i,
    says: 'A ledger account of the document does not exist or allows no posting.',
  },
];

const longestSentence = 400;

/** The server's words without addresses and line breaks: fit for a person and for a log. */
function sentenceOf(message: string): string {
  const plain = message
    .replace(/\s*CorrelationId:\s*[0-9a-f-]+\.?/i, '')
    .replace(/https?:\/\/\S+/g, '…')
    .replace(/\s+/g, ' ')
    .trim();
  return plain.length > longestSentence ? `${plain.slice(0, longestSentence)}…` : plain;
}

/**
 * What NAV said, as the failure that stands for it: a deadlock was rolled back and is `Unavailable`, all else `Rejected` with a
 * reason. Unknown texts are `erp-refused`: held, never repeated (NAV spec trap 24).
 * @param status of the answer; leave it out for what the codeunit says
 */
export function navRefusal(code: string, message: string, call: FailedCall, status?: number): ExternalSystemError {
  const facts: FailedCall = { ...call, ...(status === undefined ? {} : { status }) };
  if (/deadlock/i.test(message)) {
    return new Unavailable('NAV rolled the work back because another user held the same records.', facts);
  }
  const rule = rules.find(({ matches }) => matches.test(`${code} ${message}`)) ?? byStatus(status);
  const words = sentenceOf(message);
  return new Rejected(words === '' ? rule.says : `${rule.says} NAV says: ${words}`, facts, rule.code);
}

function byStatus(status: number | undefined): Pick<Rule, 'code' | 'says'> {
  if (status === 403) return { code: 'permission', says: 'The user of the connector lacks a permission in NAV.' };
  if (status === 404) {
    return { code: 'not-found', says: 'NAV does not hold the record, or the page is not published as a web service.' };
  }
  if (status === 405)
    return { code: 'erp-refused', says: 'The page takes no such call, or web services are switched off.' };
  if (status === 409 || status === 412) return { code: 'entity-changed', says: 'The record was changed meanwhile.' };
  return { code: 'erp-refused', says: 'NAV refused the call.' };
}

/** True for a refusal with one of these codes. */
export function isNavRefusal(error: unknown, ...codes: NavRefusalCode[]): error is Rejected {
  return error instanceof Rejected && codes.some((code) => code === error.code);
}

const publishedCodes: Partial<Record<string, NavRefusalCode>> = {
  'entity-changed': 'erp-document-changed',
  'not-found': 'erp-refused',
  'page-expired': 'erp-refused',
};

/** The failure as it may leave the adapter: a steering code becomes the reason for a person that it stands for. */
export function published(error: unknown): unknown {
  if (!(error instanceof Rejected)) return error;
  const code = publishedCodes[error.code];
  return code === undefined ? error : new Rejected(error.message, { ...error.call, cause: error }, code);
}
