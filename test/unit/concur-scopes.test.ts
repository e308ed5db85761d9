import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConcurFeature } from '../../src/contracts/concur-scopes.js';
import { concurScopes, describeMissingScope, isUsable, missingScopes } from '../../src/contracts/concur-scopes.js';

const used = (...features: ConcurFeature[]): ReadonlySet<ConcurFeature> => new Set(features);
const all = concurScopes.map(({ scope }) => scope);

test('S31: a scope is required only where the configuration uses its feature; required ones come first', () => {
  const granted = all.filter((scope) => !['FISVC', 'INVPMT', 'IMAGE'].includes(scope));
  const needs = (features: ReadonlySet<ConcurFeature>) =>
    missingScopes(granted, features).map(({ scope, isRequired }) => `${scope} ${isRequired}`);
  assert.deepEqual(needs(used('documents')), ['FISVC true', 'INVPMT false', 'IMAGE false']);
  assert.deepEqual(needs(used('invoice-payments', 'images')), ['INVPMT true', 'IMAGE true', 'FISVC false']);
});

test('S31: a token answer that names no scopes says nothing about missing ones', () => {
  assert.deepEqual(missingScopes([], used('documents')), []);
});

test('S31: only FISVC decides whether a connection can be used at all', () => {
  assert.equal(isUsable(missingScopes(['INVVEN'], used('documents'))), false);
  assert.equal(isUsable(missingScopes(['FISVC'], used('documents', 'invoice-payments'))), true);
});

test('S31: each scope stands once and says what it switches off', () => {
  assert.equal(new Set(all).size, all.length);
  for (const scope of all)
    assert.match(describeMissingScope(scope), new RegExp(`^${scope.replaceAll('.', '\\.')}: .{20}`));
  assert.equal(describeMissingScope('of.a.later.version'), 'of.a.later.version');
});
