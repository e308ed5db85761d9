import { z } from 'zod';
import type { HttpClient } from '../http/types.js';
import { parseAnswer } from './concur-answers.js';
import { callConcur } from './legacy-answers.js';
import { rowsOf } from './legacy-answers-fields.js';

/** Kinds of codes of Concur Invoice that have a wording (platform spec 4.2). */
export type LocalizedType =
  | 'approvalStatus'
  | 'paymentStatus'
  | 'expenseType'
  | 'ledgerCode'
  | 'dataSourceCode'
  | 'payMethod'
  | 'receiptConfirmation'
  | 'unitOfMeasure';

/** A code with the company's wording. */
export interface LocalizedCode {
  code: string;
  text: string;
}

/** Wordings of codes, which are the company's own: they are looked up and never written into a program. */
export interface LocalizedDataClient {
  /** All codes of a kind; English unless a language is given (two letters). Throws as `FisClient`. */
  read(query: { type: LocalizedType; language?: string; signal?: AbortSignal }): Promise<LocalizedCode[]>;
}

const rowSchema = z
  .object({ Code: z.string().min(1), LocalizedValue: z.string().nullish() })
  .transform(({ Code, LocalizedValue }) => ({ code: Code, text: LocalizedValue ?? '' }));

/** Makes the client over an HTTP core whose base URL is the geolocation of the token. */
export function createLocalizedDataClient(http: HttpClient): LocalizedDataClient {
  return {
    async read({ type, language = 'en', signal }) {
      const { response, call } = await callConcur(http, {
        operation: 'localized-data.read',
        method: 'GET',
        path: '/api/v3.0/invoice/localizeddata',
        query: { type, langCode: language },
        kind: 'read',
        signal,
      });
      const { rows } = rowsOf(response.json(), 'LocalizationData', call);
      return rows.map((row) => parseAnswer(rowSchema, row, call));
    },
  };
}
