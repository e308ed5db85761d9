import type { SimRequest, SimResponse } from '../harness/server.js';
import { companyCodes } from './company-codes.js';
import type { ConcurContext } from './state.js';
import { unknownParameter, v3Answer, v3Broken } from './v3-answers.js';

const parameters = new Set(['type', 'langCode']);

/** `GET /api/v3.0/invoice/localizeddata?type=…` (concur-platform.md 4.2). Every language is answered in English words. */
export function listLocalizedData(context: ConcurContext, request: SimRequest): SimResponse {
  const codes = companyCodes[request.query.get('type') ?? ''];
  const fault = unknownParameter(request.query, parameters) ?? (codes === undefined ? 'type is unknown' : undefined);
  if (codes === undefined || fault !== undefined) {
    return v3Broken(context, 'localizeddata', request, 400, fault ?? 'type is unknown');
  }
  const LangCode = request.query.get('langCode') ?? 'en';
  const LocalizationData = codes.map(({ code, name }) => ({ Code: code, LangCode, LocalizedValue: name }));
  return v3Answer(request, 200, 'LocalizationDataCollection', {
    LocalizationData,
    TotalCount: LocalizationData.length,
  });
}
