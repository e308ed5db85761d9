import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SimResponse } from './server.js';

/** Binds to the loopback address only and resolves with the base URL. Port 0 takes a free port. */
export async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

/** The whole body as text, or undefined if the client went away before it was complete. */
export async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** True if no answer can reach the client any more. */
export function clientHasGone(outgoing: ServerResponse): boolean {
  return outgoing.destroyed || outgoing.socket === null || outgoing.socket.destroyed;
}

/** Sends the answer; `delivered` is called when all of it was handed to the network, never after the client has gone. */
export function send(outgoing: ServerResponse, response: SimResponse, delivered?: () => void): void {
  if (clientHasGone(outgoing)) return;
  const body = encoded(response);
  let closed = false;
  outgoing.once('close', () => {
    closed = true;
  });
  outgoing.once('finish', () => {
    if (!closed) delivered?.();
  });
  outgoing.writeHead(response.status, headersOf(response, body));
  outgoing.end(body);
}

/** Promises the whole body, sends half of it and breaks the connection. */
export function sendHalf(outgoing: ServerResponse, response: SimResponse): void {
  const body = encoded(response);
  outgoing.writeHead(response.status, headersOf(response, body));
  outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => {
    destroyConnection(outgoing);
  });
}

/** Ends the connection without an answer, as a crashing proxy does. */
export function destroyConnection(outgoing: ServerResponse): void {
  outgoing.socket?.destroy();
}

/** Waits; only for delays that are part of the simulation. */
export async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function encoded(response: SimResponse): Buffer {
  if (response.body === undefined) return Buffer.alloc(0);
  return Buffer.from(typeof response.body === 'string' ? response.body : JSON.stringify(response.body), 'utf8');
}

function headersOf(response: SimResponse, body: Buffer): Record<string, string> {
  const isText = typeof response.body === 'string' && !/^\s*[[{]/.test(response.body);
  const type = isText ? 'text/html;charset=UTF-8' : 'application/json;charset=UTF-8';
  const headers: Record<string, string> = body.length > 0 ? { 'content-type': type } : {};
  if (response.status !== 204 && response.status !== 304) headers['content-length'] = String(body.length);
  for (const [name, value] of Object.entries(response.headers ?? {})) headers[name.toLowerCase()] = value;
  return headers;
}
