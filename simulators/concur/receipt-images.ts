import { createHmac } from 'node:crypto';
import type { SimRequest, SimResponse } from '../harness/server.js';
import { businessDocuments, documentBody, rowsAt, textAt } from './document-reading.js';
import type { ConcurContext } from './state.js';

const urlMinutes = 15;

/**
 * `GET /api/image/v1.0/{invoice|report}/{id}` (concur-platform.md 7): always XML, with an address that lives 15 minutes. An
 * invoice is known by its request id, an expense by its `entryReceiptId`.
 */
export function readImageAddress(
  context: ConcurContext,
  { kind, id }: { kind: string; id: string },
  request: SimRequest,
): SimResponse {
  if (!imageExists(context, kind, id)) {
    return xml(404, `<Error><Message>No image was found for ${kind} ${escaped(id)}</Message></Error>`);
  }
  const expires = String(context.desk.now().getTime() + urlMinutes * 60_000);
  const query = new URLSearchParams({ expires, signature: signature(context, id, expires) });
  const url = `http://${request.headers.host ?? '127.0.0.1'}/image-store/${encodeURIComponent(id)}?${query.toString()}`;
  return xml(200, `<Image><Id>${escaped(id)}</Id><Url>${escaped(url)}</Url></Image>`);
}

/** The image itself. Its address is all that is needed: a bearer token must not be shown to this foreign store. */
export function readImage(context: ConcurContext, id: string, request: SimRequest): SimResponse {
  if (request.headers.authorization !== undefined) {
    context.desk.violation('image', 'the bearer token was sent to the image store');
    return xml(400, '<Error><Code>InvalidArgument</Code></Error>');
  }
  const expires = request.query.get('expires') ?? '';
  const isSigned = request.query.get('signature') === signature(context, id, expires);
  if (!isSigned || Number(expires) <= context.desk.now().getTime()) {
    return xml(403, '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>');
  }
  const headers = { 'content-type': 'application/pdf' };
  return { status: 200, headers, body: '%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n' };
}

function imageExists(context: ConcurContext, kind: string, id: string): boolean {
  if (kind === 'invoice')
    return businessDocuments(context.state, 'invoice').some(({ businessId }) => businessId === id);
  return businessDocuments(context.state, 'expense').some((document) =>
    rowsAt(documentBody(context, document), 'expenseEntry').some((entry) => textAt(entry, 'entryReceiptId') === id),
  );
}

function signature(context: ConcurContext, id: string, expires: string): string {
  const secret = context.state.masterData?.clientSecret ?? '';
  return createHmac('sha256', secret).update(`${id} ${expires}`).digest('hex');
}

function xml(status: number, body: string): SimResponse {
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
