import { createServer } from 'node:http';

/**
 * `/healthz`: the process lives; `/readyz`: every check passes. Listens on loopback only unless a host is given.
 * @returns the port and a function that closes the server
 */
export async function startHealthServer(options: {
  port: number;
  host?: string;
  checks: Record<string, () => boolean | Promise<boolean>>;
}): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '/').then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  async function answer(url: string): Promise<{ status: number; body: Record<string, unknown> }> {
    if (url === '/healthz') return { status: 200, body: { alive: true } };
    if (url !== '/readyz') return { status: 404, body: { message: 'Ask /healthz or /readyz.' } };
    const results = await Promise.all(
      Object.entries(options.checks).map(
        async ([name, check]) => [name, await Promise.resolve(check()).catch(() => false)] as const,
      ),
    );
    const ready = results.every(([, passed]) => passed);
    return { status: ready ? 200 : 503, body: { ready, ...Object.fromEntries(results) } };
  }
  await new Promise<void>((resolve) => server.listen(options.port, options.host ?? '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}
