import { Decimal } from 'decimal.js';
import type { ConcurDocumentState, Journal, PostedErpDocument } from '../harness/types.js';
import { entityOfPosted, type Claim, type Links } from './links.js';

/** Gross totals of one legal entity in one currency, decimal strings. */
export interface SumLine {
  /** `erp/company`; `?/…` where no ERP has such a company. */
  legalEntity: string;
  currency: string;
  concur: string;
  erp: string;
  agree: boolean;
}

interface Totals {
  concur: Decimal;
  erp: Decimal;
}

/** Adds up the gross of confirmed Concur documents and of posted ERP documents. */
export function compareSums(journal: Journal, links: Links): SumLine[] {
  const totals = new Map<string, Totals>();
  for (const { document, claims } of links.confirmed) {
    const line = lineOf(totals, concurEntity(document, claims, links), document.currency);
    line.concur = line.concur.plus(document.gross);
  }
  for (const posted of journal.posted) {
    const line = lineOf(totals, entityOfPosted(posted), posted.currency);
    line.erp = line.erp.plus(grossOfPosted(posted));
  }
  return [...totals]
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([key, { concur, erp }]) => {
      const [legalEntity = '', currency = ''] = key.split('\n');
      return { legalEntity, currency, concur: concur.toFixed(), erp: erp.toFixed(), agree: concur.eq(erp) };
    });
}

/** Posted documents whose costs are negative. */
export function creditsIn(posted: readonly PostedErpDocument[]): number {
  return posted.filter((one) => grossOfPosted(one).isNegative()).length;
}

/** The company of the posting; a document split over several companies counts where the sandbox expects it. */
function concurEntity(document: ConcurDocumentState, claims: Claim[], links: Links): string {
  const entities = [...new Set(claims.map((claim) => links.entityOf(claim)))];
  const first = entities[0];
  if (entities.length === 1 && first !== undefined) return first;
  return document.expected ?? first ?? '?/none';
}

/** Cost and tax as posted; a document without them is a cash advance and counts by its advance entries. */
function grossOfPosted(posted: PostedErpDocument): Decimal {
  const spent = posted.entries.filter(({ role }) => role === 'cost' || role === 'tax');
  const counted = spent.length > 0 ? spent : posted.entries.filter(({ role }) => role === 'advance');
  return counted.reduce((total, { amount }) => total.plus(amount), new Decimal(0));
}

function lineOf(totals: Map<string, Totals>, legalEntity: string, currency: string): Totals {
  const key = `${legalEntity}\n${currency}`;
  const existing = totals.get(key);
  if (existing !== undefined) return existing;
  const created = { concur: new Decimal(0), erp: new Decimal(0) };
  totals.set(key, created);
  return created;
}
