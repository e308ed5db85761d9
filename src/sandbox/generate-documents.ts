import type { DocType } from '../contracts/documents.js';
import type { HoldReason } from '../contracts/hold-reasons.js';
import { generatedAdvance } from './generated-advance.js';
import { creditOf } from './generated-credit.js';
import { generatedInvoice } from './generated-invoice.js';
import type { OpenAdvance } from './generated-report.js';
import { generatedReport } from './generated-report.js';
import type { CorrectionOrder } from './generated-correction.js';
import { correctionOf } from './generated-correction.js';
import type { SampleEntities, SamplePerson } from './sample-firm.js';
import { entities, samplePerson, sampleSupplier } from './sample-firm.js';
import type { SeededRandom } from './seeded-random.js';
import { seededRandom } from './seeded-random.js';
import type { CorrectionKind, SandboxCorrection } from './sandbox-types.js';

/** A document made for the sandbox. `planted` names the hold that it is meant to run into. */
export interface GeneratedDocument {
  docType: DocType;
  /** FI document id, 32 hex. */
  id: string;
  document: Record<string, unknown>;
  companyCode: string;
  planted?: HoldReason;
  /** Only where corrections were asked for. */
  correction?: SandboxCorrection;
}

/** What documents to make. */
export interface GenerationOrder {
  count: number;
  seed: number;
  corrections?: boolean;
  /** Every sixth invoice is a credit note. */
  credits?: boolean;
  /** How many companies the firm has, one per currency; all that there are unless given. */
  companies?: number;
}

/**
 * Makes documents of an invented firm: the same order gives the same documents (FIS spec 9 and 10). With `corrections` about
 * three in a hundred contradict themselves and come back corrected, and about two are recalled before they are acknowledged
 * and come back as well.
 */
export function generateDocuments(order: GenerationOrder): GeneratedDocument[] {
  const { count, seed, corrections = false, credits = false, companies = entities.length } = order;
  const random = seededRandom(seed);
  const [firstCompany, ...otherCompanies] = entities;
  const ownCompanies: SampleEntities = [firstCompany, ...otherCompanies.slice(0, companies - 1)];
  const firm: Firm = {
    random,
    companies: ownCompanies,
    people: Array.from({ length: Math.max(8, Math.min(400, Math.ceil(count / 8))) }, (_, index) =>
      samplePerson(index, ownCompanies),
    ),
    supplierCount: Math.max(5, Math.min(200, Math.ceil(count / 12))),
    openAdvances: new Map<string, OpenAdvance[]>(),
    credits,
  };
  const documents: GeneratedDocument[] = [];
  let plantedCount = 0;
  let correctedCount = 0;
  for (let index = 0; index < count; index += 1) {
    const correction = corrections && (correctedCount + 1) * 100 <= count * 6 ? correctionAt(index, seed) : undefined;
    if (correction !== undefined) {
      correctedCount += 1;
      documents.push(correctedDocument(firm, index, { kind: correction, raisesRevision: correctedCount % 2 === 1 }));
      continue;
    }
    const isRoomLeft = (plantedCount + 1) * 100 < count * 8;
    const trouble = isRoomLeft ? plantedAt(index, seed) : undefined;
    plantedCount += trouble === undefined ? 0 : 1;
    documents.push(oneDocument(firm, index, trouble));
  }
  return documents;
}

interface Firm {
  random: SeededRandom;
  companies: SampleEntities;
  people: SamplePerson[];
  supplierCount: number;
  openAdvances: Map<string, OpenAdvance[]>;
  credits: boolean;
}

/** Every fourth is an invoice, every twelfth a cash advance, the others are expense reports. */
function docTypeAt(index: number): DocType {
  if (index % 4 === 0) {
    return 'invoice';
  }
  return index % 12 === 5 ? 'cashadvance' : 'expense';
}

const troubles: Record<number, HoldReason> = {
  8: 'vendor-missing',
  20: 'vendor-blocked',
  42: 'vendor-missing',
  54: 'mapping-missing',
  74: 'vendor-missing',
  90: 'document-inconsistent',
};

/** Slots of expense reports, but for the last one, which is an invoice's; none is a slot of trouble. */
const corrections: Record<number, CorrectionKind> = {
  14: 'returned-and-corrected',
  31: 'recalled-and-corrected',
  46: 'returned-and-corrected',
  68: 'recalled-and-corrected',
  82: 'returned-and-corrected',
};

/** Six in a hundred, moved by the seed in steps of four so that the document type stays what the trouble needs. */
function plantedAt(index: number, seed: number): HoldReason | undefined {
  return troubles[slotOf(index, seed)];
}

function correctionAt(index: number, seed: number): CorrectionKind | undefined {
  return corrections[slotOf(index, seed)];
}

function slotOf(index: number, seed: number): number {
  return (index + 4 * (Math.abs(seed) % 25)) % 100;
}

function dayAt(index: number, later = 0): string {
  const day = Date.UTC(2026, 0, 5) + ((index % 170) + later) * 86_400_000;
  return new Date(day).toISOString().slice(0, 10);
}

function oneDocument(firm: Firm, index: number, planted: HoldReason | undefined): GeneratedDocument {
  const { random } = firm;
  const docType = docTypeAt(index);
  const id = random.hex(32);
  const mark = planted === undefined ? {} : { planted };
  if (docType === 'invoice') {
    const entity = random.pick(firm.companies);
    const supplier = supplierFor(firm, planted);
    const number = index + 1;
    const invoice = generatedInvoice({ random, entity, supplier, on: dayAt(index), dueOn: dayAt(index, 30), number });
    const document = firm.credits && index % 24 === 12 ? creditOf(invoice) : invoice;
    return { docType, id, document, companyCode: entity.companyCode, ...mark };
  }
  const person = personFor(firm, planted);
  const advances = firm.openAdvances.get(person.id) ?? [];
  firm.openAdvances.set(person.id, advances);
  if (docType === 'cashadvance') {
    const { document, ...advance } = generatedAdvance({ random, person, on: dayAt(index) });
    advances.push(advance);
    return { docType, id, document, companyCode: person.entity.companyCode, ...mark };
  }
  const account = planted === 'mapping-missing' ? { account: `X-${random.hex(6).toUpperCase()}` } : {};
  const order = { random, person, on: dayAt(index), number: index + 1, openAdvances: advances };
  const troubled = planted && { planted: { ...account, isInconsistent: planted === 'document-inconsistent' } };
  return {
    docType,
    id,
    document: generatedReport({ ...order, ...troubled }),
    companyCode: person.entity.companyCode,
    ...mark,
  };
}

/** A plain report or invoice that a Concur user corrects, before or after it was returned. */
function correctedDocument(
  firm: Firm,
  index: number,
  fate: Pick<CorrectionOrder, 'kind' | 'raisesRevision'>,
): GeneratedDocument {
  const { random } = firm;
  const id = random.hex(32);
  const [on, dueOn, number] = [dayAt(index), dayAt(index, 30), index + 1];
  if (docTypeAt(index) === 'invoice') {
    const entity = random.pick(firm.companies);
    const order = { entity, supplier: supplierFor(firm, undefined), on, dueOn, number };
    const make = (from: SeededRandom): Record<string, unknown> => generatedInvoice({ ...order, random: from });
    const { document, correction } = correctionOf({ random, ...fate, make });
    return { docType: 'invoice', id, document, companyCode: entity.companyCode, correction };
  }
  const person = personFor(firm, undefined);
  const order = { person, on, number, openAdvances: [] };
  const make = (from: SeededRandom, isInconsistent: boolean): Record<string, unknown> =>
    generatedReport({ ...order, random: from, planted: { isInconsistent } });
  const { document, correction } = correctionOf({ random, ...fate, make });
  return { docType: 'expense', id, document, companyCode: person.entity.companyCode, correction };
}

/** Unknown suppliers come in both kinds: a code that Concur made up, and one that only the ERP does not know. */
function supplierFor({ random, supplierCount }: Firm, planted: HoldReason | undefined): { code: string; name: string } {
  if (planted === 'vendor-missing') {
    const code = random.chance(50) ? random.hex(32).toUpperCase() : `N-${random.hex(8).toUpperCase()}`;
    return { code, name: 'Newly founded GmbH' };
  }
  if (planted === 'vendor-blocked') {
    return { code: `B-${random.hex(8).toUpperCase()}`, name: 'Disputed deliveries Ltd' };
  }
  return sampleSupplier(random.between(0, supplierCount - 1));
}

function personFor({ random, people, companies }: Firm, planted: HoldReason | undefined): SamplePerson {
  const person = people[random.between(0, people.length - 1)] ?? samplePerson(0, companies);
  return planted === 'vendor-missing' ? { ...person, id: `NEW-${random.hex(8).toUpperCase()}` } : person;
}
