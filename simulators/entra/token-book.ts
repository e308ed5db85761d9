import { z } from 'zod';

const stateSchema = z.object({
  issued: z.number(),
  tokens: z.record(z.string(), z.object({ audience: z.string(), expiresAtMs: z.number() })),
});

/** What the token endpoint remembers; JSON-serialisable. */
export type TokenBookState = z.infer<typeof stateSchema>;

/** Tokens that were issued and are still good for something. */
export class TokenBook {
  private issued: number;
  private readonly tokens: Map<string, { audience: string; expiresAtMs: number }>;

  constructor(saved: unknown) {
    const state = saved === undefined || saved === null ? { issued: 0, tokens: {} } : stateSchema.parse(saved);
    this.issued = state.issued;
    this.tokens = new Map(Object.entries(state.tokens));
  }

  /** Issues a token and forgets those whose time is over. `chance` in [0, 1) keeps tokens of different runs apart. */
  issue(audience: string, now: Date, seconds: number, chance: number): string {
    for (const [token, { expiresAtMs }] of this.tokens) if (expiresAtMs <= now.getTime()) this.tokens.delete(token);
    this.issued += 1;
    const expiresAtMs = now.getTime() + seconds * 1000;
    const claims = {
      aud: audience,
      exp: Math.floor(expiresAtMs / 1000),
      uti: `${String(this.issued)}-${String(chance)}`,
    };
    const token = `${encoded({ typ: 'JWT', alg: 'none' })}.${encoded(claims)}.simulated`;
    this.tokens.set(token, { audience, expiresAtMs });
    return token;
  }

  isValid(token: string, audience: string, now: Date): boolean {
    const found = this.tokens.get(token);
    return found !== undefined && found.audience === audience && found.expiresAtMs > now.getTime();
  }

  expire(token: string): void {
    this.tokens.delete(token);
  }

  snapshot(): TokenBookState {
    return { issued: this.issued, tokens: Object.fromEntries(this.tokens) };
  }
}

function encoded(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
