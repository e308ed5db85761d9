import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { inspect } from 'node:util';
import type { SecretRef } from './setting-schemas.js';

/** A secret in memory: prints as a placeholder in logs, JSON and dumps; only `reveal` gives the value. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toJSON(): string {
    return '[secret]';
  }

  toString(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** Reads a secret; on failure returns a sentence that names the variable or file, never the value. */
export function readSecret(
  ref: SecretRef,
  folder: string,
  environment: NodeJS.ProcessEnv,
): Secret | { problem: string } {
  if ('env' in ref) {
    const value = environment[ref.env];
    return value ? new Secret(value) : { problem: `environment variable ${ref.env} is not set` };
  }
  try {
    const value = readFileSync(resolve(folder, ref.file), 'utf8').trim();
    return value ? new Secret(value) : { problem: `file ${ref.file} is empty` };
  } catch {
    return { problem: `file ${ref.file} cannot be read` };
  }
}
