import { ContractViolation, type FailedCall } from '../http/errors.js';
import { assertAllowedBaseUrl, HostNotAllowed } from '../http/hosts.js';
import type { HttpClient } from '../http/types.js';
import { callConcur } from './legacy-answers.js';
import { elementTexts } from './legacy-answers-xml.js';

/**
 * Where the image of a document can be opened, by anybody and without a sign-in, for about a quarter of an hour. The
 * address is a secret for that time: it does not show up when the link is logged or serialised.
 */
export interface ImageLink {
  /** Concur's id of the image, where it tells one. */
  imageId?: string;
  expiresInSeconds: number;
  /** The address itself, for the one person who asked. */
  reveal(): string;
}

/** Addresses of images v1 (platform spec 7), scope `IMAGE`. Throws as `FisClient`; `Rejected` with 404 without an image. */
export interface ReceiptImageClient {
  /** The image of an invoice, by its request id. */
  invoiceImage(query: { requestId: string; signal?: AbortSignal }): Promise<ImageLink>;
  /** The receipts of an expense report, by the receipt id that its FIS document carries. */
  reportImage(query: { entryReceiptId: string; signal?: AbortSignal }): Promise<ImageLink>;
}

const LIFETIME_SECONDS = 900;

/** Images lie on hosts of their own within Concur's domains; loopback passes for simulators. */
const IMAGE_HOSTS = [
  String.raw`https://([a-z0-9-]+\.)+concursolutions\.com`,
  String.raw`https://([a-z0-9-]+\.)+concurcdc\.cn`,
];

/** Makes the client over an HTTP core whose base URL is the geolocation of the token. */
export function createReceiptImageClient(http: HttpClient): ReceiptImageClient {
  async function read(kind: 'invoice' | 'report', id: string, signal: AbortSignal | undefined): Promise<ImageLink> {
    const { response, call } = await callConcur(http, {
      operation: `image.${kind}`,
      method: 'GET',
      path: `/api/image/v1.0/${kind}/${encodeURIComponent(id)}`,
      accept: 'application/xml',
      kind: 'read',
      absent: `Concur has no image of ${kind} ${id}.`,
      signal,
    });
    const url = checkedUrl(elementTexts(response.text, 'Url'), call);
    const imageId = elementTexts(response.text, 'Id')[0] ?? '';
    return { ...(imageId === '' ? {} : { imageId }), expiresInSeconds: LIFETIME_SECONDS, reveal: () => url };
  }
  return {
    invoiceImage: ({ requestId, signal }) => read('invoice', requestId, signal),
    reportImage: ({ entryReceiptId, signal }) => read('report', entryReceiptId, signal),
  };
}

/** A person will open it: it must lead to Concur and nowhere else. The sentences never name the address. */
function checkedUrl([url, ...others]: string[], call: FailedCall): string {
  if (url === undefined || url === '' || others.length > 0) {
    throw new ContractViolation(`Concur ${call.operation} answered without the one address of an image.`, call);
  }
  try {
    assertAllowedBaseUrl(url, IMAGE_HOSTS, call);
  } catch (error) {
    if (!(error instanceof HostNotAllowed)) throw error;
    throw new ContractViolation(`Concur ${call.operation} answered an address that is not one of Concur's.`, call);
  }
  return url;
}
