import { readFileSync } from 'node:fs';
import { check } from './checker.js';
import type { Journal } from './harness/types.js';

/** The checker as a program: a journal on stdin, its report on stdout. */
process.stdout.write(JSON.stringify(check(JSON.parse(readFileSync(0, 'utf8')) as Journal)));
