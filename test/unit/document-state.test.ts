import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessDocumentInput } from '../../src/contracts/steps.js';
import { DocumentState } from '../../src/workflows/document-state.js';

const wish = { by: 'Ann', reason: 'why' };

test('B5: of the wishes to return and to keep a document the newest counts, in whatever order a reset puts them back', () => {
  const state = new DocumentState({} as ProcessDocumentInput);
  state.askReturn(wish);
  state.askToKeep(wish);
  assert.deepEqual([state.returnRequest, state.cancelRequest], [undefined, wish]);
  state.askReturn(wish);
  assert.deepEqual([state.returnRequest, state.cancelRequest], [wish, undefined]);
});
