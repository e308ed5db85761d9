import { z } from 'zod';
import { docTypes } from '../contracts/documents.js';

/** A secret is never written in the file: it is read from the environment or from a file (issue 3, house style B6). */
export const secretRefSchema = z
  .union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })], {
    error: 'a secret never stands in this file; write { env: NAME } or { file: PATH }',
  })
  .describe('Where the secret stands: `{ env: NAME }` or `{ file: PATH }` (relative to this file).');
export type SecretRef = z.infer<typeof secretRefSchema>;

export const nameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'use lower-case letters, digits and hyphens, at most 31 characters')
  .describe('Fixed name of the connection. It is part of workflow ids and queue names: never change it.');

/** Patterns are tried against origins long after start: a faulty one must be seen at once. */
export const patternSchema = z.string().refine((pattern) => {
  try {
    return new RegExp(pattern).source !== '';
  } catch {
    return false;
  }
}, 'is no regular expression; write one that matches the whole origin, for example ^https://erp[.]example[.]com$');

/** Whether a person looks at each document first (B6). */
export const releaseSchema = z
  .enum(['automatic', 'manual'])
  .default('automatic')
  .describe(
    'manual: every document waits for a release after its preview, alone or in bulk (`documents release`), before anything is written; for the first weeks.',
  );

export const secondsSchema = z.number().int().min(1);
export const docTypeSchema = z.enum(docTypes);
/** An address of a remote service. */
export const urlSchema = z.url({ protocol: /^https?$/ });
export const codeMapSchema = z.record(z.string(), z.string()).default({});
