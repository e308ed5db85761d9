import { createServer } from 'node:http';
import { request } from 'undici';
import type { ContractJudge, Objection } from './contract-judge.js';

/** A proxy on loopback that lets the contract files judge every exchange on its way to the simulator. */
export interface JudgingProxy {
  url: string;
  objections: Objection[];
  /** `METHOD path` of exchanges that no contract describes. */
  undescribed: Set<string>;
  close: () => Promise<void>;
}

const notForwarded = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

/** The proxy keeps the Host header, so that the geolocation which the simulator hands out leads through the proxy again. */
export async function startJudgingProxy(target: string, judge: ContractJudge): Promise<JudgingProxy> {
  const objections: Objection[] = [];
  const undescribed = new Set<string>();
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const requestBody = Buffer.concat(chunks).toString('utf8');
      const method = incoming.method ?? 'GET';
      const url = incoming.url ?? '/';
      const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !notForwarded.has(name)));
      const answer = await request(`${target}${url}`, {
        method: method as 'GET',
        headers,
        ...(requestBody === '' ? {} : { body: requestBody }),
      });
      const answerBody = await answer.body.text();
      const found = judge.judge({ method, url, requestBody, status: answer.statusCode, answerBody });
      if (found === undefined) undescribed.add(`${method} ${url.split('?')[0] ?? ''}`);
      else objections.push(...found);
      const answered = Object.entries(answer.headers).filter(([name]) => !notForwarded.has(name));
      outgoing.writeHead(answer.statusCode, Object.fromEntries(answered));
      outgoing.end(answerBody);
    })().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    objections,
    undescribed,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
