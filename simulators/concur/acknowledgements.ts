import type { SimRequest, SimResponse } from '../harness/server.js';
import { broken } from './admission.js';
import {
  answerItems,
  applied,
  isObject,
  isText,
  parsedBody,
  refused,
  repeated,
  type ItemCall,
  type JsonObject,
} from './post-body.js';
import type { ConcurContext } from './state.js';

const operation = 'acknowledgements';

/** `POST …/{docType}/transactions/acknowledgements` (concur-financial-integration.md 4, codes 5.2). */
export function acknowledge(context: ConcurContext, docType: string, request: SimRequest): SimResponse {
  const body = parsedBody(request);
  if (!isObject(body)) return broken(context, operation, 400, 'the body is not a JSON object');
  const { systemId, ids } = body;
  if (!isText(systemId, 50) || systemId === '') {
    return broken(context, operation, 400, 'systemId is missing or longer than 50 characters');
  }
  if (!Array.isArray(ids) || ids.length === 0 || !ids.every((id) => typeof id === 'string')) {
    return broken(context, operation, 400, 'ids is not a filled array of strings');
  }
  const distinct = new Set(ids);
  if (distinct.size < ids.length) context.desk.violation(operation, 'an id stands twice in one call');
  const items = answerItems(context, operation, [...distinct], {
    run: (call, id: string) => [acknowledgeOne(call, docType, systemId, id)],
    failed: (id) => answer(199, id, null, 'Unknown error. Please try later.'),
  });
  return { status: 200, body: items };
}

function acknowledgeOne(call: ItemCall, docType: string, systemId: string, id: string): JsonObject {
  const document = call.context.state.documents.get(id);
  if (document === undefined) {
    refused(call, id, 'acknowledged a document that does not exist (104)');
    return answer(104, id, null, 'This document does not exist.');
  }
  if (document.docType !== docType) {
    refused(call, id, `acknowledged as ${docType} but is ${document.docType} (105)`);
    return answer(105, id, null, 'This document has another docType.');
  }
  if (document.status === 'RECALLED') return answer(102, id, null, 'This document was recalled.');
  if (document.status !== 'READY') {
    if (document.systemId === systemId) repeated(call, id, 'acknowledged again (101)');
    const by = `This document was previously acknowledged by SystemId: ${document.systemId ?? 'null'}.`;
    return answer(101, id, document.systemId, by);
  }
  document.status = 'ACKNOWLEDGED';
  document.systemId = systemId;
  applied(call, id);
  return answer(0, id, systemId, '');
}

function answer(code: number, docId: string, systemId: string | null, errorMessage: string): JsonObject {
  return { code, docId, systemId, acknowledgeResult: code === 0 ? 'SUCCESS' : 'FAILURE', errorMessage };
}
