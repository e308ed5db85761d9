import { advanceCases } from './advance-cases.js';
import { cardCases } from './card-cases.js';
import type { DocumentCase } from './case-types.js';
import { cashCases } from './cash-cases.js';
import { invoiceCases } from './invoice-cases.js';
import { taxCases } from './tax-cases.js';

/** Every case of accounting that the generator makes documents for; names are unique (issue 7, FIS spec 10). */
export const documentCases: readonly DocumentCase[] = [
  ...cashCases,
  ...cardCases,
  ...taxCases,
  ...advanceCases,
  ...invoiceCases,
];
