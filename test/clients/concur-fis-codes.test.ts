import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  acknowledgingSystemId,
  meaningOf,
  type FisMeaning,
  type FisPhase,
} from '../../src/clients/concur/fis-codes.js';

const table: [FisPhase, number, string, FisMeaning][] = [
  ['acknowledge', 0, 'SUCCESS', 'done'],
  ['acknowledge', 99, 'FAILURE', 'foreign-system'],
  ['acknowledge', 101, 'FAILURE', 'already-done'],
  ['acknowledge', 102, 'FAILURE', 'recalled'],
  ['acknowledge', 103, 'FAILURE', 'not-ready'],
  ['acknowledge', 104, 'FAILURE', 'unknown-document'],
  ['acknowledge', 105, 'FAILURE', 'wrong-type'],
  ['acknowledge', 199, 'FAILURE', 'retry'],
  ['posting', 0, 'SUCCESS', 'done'],
  ['posting', 99, 'FAILURE', 'foreign-system'],
  ['posting', 111, 'NOT_YET_ACKNOWLEDGED', 'not-acknowledged'],
  ['posting', 112, 'WAS_RECALLED', 'recalled'],
  ['posting', 113, 'FAILURE', 'already-done'],
  ['posting', 213, 'FAILURE', 'already-done'],
  ['posting', 114, 'FAILURE', 'unclear-state'],
  ['posting', 115, 'FAILURE', 'wrong-type'],
  ['posting', 116, 'FAILURE', 'unknown-document'],
  ['posting', 116, 'DOCUMENT_NOT_FOUND', 'unknown-document'],
  ['posting', 198, 'FAILURE', 'refused'],
  ['posting', 777, 'FAILURE', 'refused'],
  ['posting', 199, 'SYSTEM_ERROR_OCCURRED', 'retry'],
  ['payment', 0, 'SUCCESS', 'done'],
  ['payment', 99, 'FAILURE', 'foreign-system'],
  ['payment', 116, 'DOCUMENT_NOT_FOUND', 'unknown-document'],
  ['payment', 777, 'DOCUMENT_NOT_FOUND', 'unknown-document'],
  ['payment', 199, 'SYSTEM_ERROR_OCCURRED', 'retry'],
  ['payment', 213, 'FAILURE', 'already-done'],
  ['payment', 298, 'NOOP', 'already-done'],
  ['payment', 298, 'FAILURE', 'refused'],
  ['payment', 298, 'NOT_POSTING_CONFIRMED', 'not-posting-confirmed'],
];

for (const [phase, code, result, meaning] of table) {
  test(`S104: ${phase} code ${code} with ${result} means ${meaning}`, () => {
    assert.equal(meaningOf(phase, code, result), meaning);
  });
}

test('S104: the code decides, the result word only where the code is unknown or contradicts itself', () => {
  assert.equal(meaningOf('acknowledge', 102, 'SUCCESS'), 'recalled');
  assert.equal(meaningOf('posting', 777, 'SYSTEM_ERROR_OCCURRED'), 'retry');
  assert.equal(meaningOf('posting', 777, 'SUCCESS'), 'refused');
  assert.equal(meaningOf('posting', 0, 'FAILURE'), 'retry');
  assert.equal(meaningOf('posting', 101, 'FAILURE'), 'refused');
  assert.equal(meaningOf('acknowledge', 0, ''), 'done');
});

test('S64: the acknowledging system is read from the text of a 101, and null names nobody', () => {
  assert.equal(acknowledgingSystemId('This document was previously acknowledged by SystemId: ml-d365.'), 'ml-d365');
  assert.equal(acknowledgingSystemId('Already acknowledged by system id "erp one"'), 'erp one');
  assert.equal(acknowledgingSystemId('This document was previously acknowledged by SystemId: null.'), undefined);
  assert.equal(acknowledgingSystemId('This document was previously acknowledged by SystemId: .'), undefined);
  assert.equal(acknowledgingSystemId('something else'), undefined);
});
