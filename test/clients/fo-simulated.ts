import { stringify } from 'lossless-json';
import type { HttpClient } from '../../src/clients/http/types.js';
import { host, type FoStage } from '../simulators/fo-stage.js';
import { respond } from './fo-memory.js';

/** The simulator behind the client's own interface, without a network. */
export function clientOf(stage: FoStage): HttpClient {
  return {
    send: (request) => {
      const query = request.query === undefined ? '' : `?${new URLSearchParams(request.query).toString()}`;
      const body = request.text ?? (request.json === undefined ? '' : (stringify(request.json) ?? ''));
      const headers = Object.fromEntries(
        Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const answer = stage.call(request.method, `http://${host}${request.path}${query}`, body, headers);
      return Promise.resolve(respond(answer.status, answer.text));
    },
  };
}
