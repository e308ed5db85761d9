import { z } from 'zod';

/** A secret is never written in the file: it is read from the environment or from a file (issue 3, house style B6). */
export const secretRefSchema = z
  .union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })], {
    error: 'a secret never stands in this file; write { env: NAME } or { file: PATH }',
  })
  .describe('Where the secret stands: `{ env: NAME }` or `{ file: PATH }` (relative to this file).');
export type SecretRef = z.infer<typeof secretRefSchema>;
