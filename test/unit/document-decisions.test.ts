import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onlyOpen } from '../../src/cli/document-answers.js';
import { collectReversal } from '../../src/cli/documents-commands.js';
import { returnToConcurSchema } from '../../src/config/return-schema.js';
import { faultOfAcceptPosting, faultOfDecision } from '../../src/contracts/messages.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import { employeeText, returnMessages } from '../../src/activities/return-text.js';

const document = (fiId: string, outcome: StoredDocument['outcome'] = null) => ({ fiId, outcome }) as StoredDocument;

describe('a decision on the command line', () => {
  it('B5: is about the one open document of a number, also where earlier ones are closed', () => {
    assert.equal(onlyOpen('RE-1', [document('a', 'returned'), document('b')]).fiId, 'b');
  });

  it('B5, S118: names what is there where no document, or more than one, is open', () => {
    assert.throws(() => onlyOpen('RE-1', []), /No document has the number RE-1/);
    assert.throws(() => onlyOpen('RE-1', [document('a', 'returned')]), /is complete: a \(returned\)/);
    assert.throws(() => onlyOpen('RE-1', [document('a'), document('b')]), /by its FI id, a, b/);
  });

  it('B5: needs a name and a reason', () => {
    assert.equal(faultOfDecision({ by: 'Ann', reason: 'why' }), undefined);
    for (const faulty of ['text', null, {}, { by: 'Ann' }, { by: '', reason: 'x' }, { by: 'Ann', reason: '  ' }]) {
      assert.match(faultOfDecision(faulty) ?? '', /"by","reason"|must be text/, JSON.stringify(faulty));
    }
  });
});

describe('taking a posting as it stands', () => {
  it('B9: needs a name and why, which stand in the audit trail', () => {
    assert.equal(faultOfAcceptPosting({ by: 'Ann', note: 'agreed' }), undefined);
    for (const faulty of [
      'text',
      null,
      {},
      { by: 'Ann' },
      { by: ' ', note: 'x' },
      { by: 'Ann', note: '' },
      { by: 1, note: 2 },
    ]) {
      assert.match(faultOfAcceptPosting(faulty) ?? '', /"by","note"|must be text/, JSON.stringify(faulty));
    }
  });
});

describe('a reversal that a person names', () => {
  it('B5: is bound to company and number of one posting, also where a company has blanks, and adds up', () => {
    const first = collectReversal('usmf/GNJL000010=GNJL000020');
    assert.deepEqual(collectReversal('CRONUS International Ltd./PI-1=PCM-1', first), {
      'usmf/GNJL000010': 'GNJL000020',
      'CRONUS International Ltd./PI-1': 'PCM-1',
    });
    for (const faulty of ['GNJL000020', '=GNJL000020', 'usmf/GNJL000010=', 'GNJL000010=GNJL000020']) {
      assert.throws(() => collectReversal(faulty), /COMPANY\/POSTED=REVERSING/, faulty);
    }
  });

  it('B5: has a shape of its own in the message', () => {
    const decision = { by: 'Ann', reason: 'why' };
    assert.equal(faultOfDecision({ ...decision, reversals: { 'usmf/A': 'B' }, erpIsEmpty: true }), undefined);
    for (const reversals of [null, 'B', ['B'], { 'usmf/A': '' }, { 'usmf/A': 1 }]) {
      assert.match(
        faultOfDecision({ ...decision, reversals }) ?? '',
        /company\/posted number/,
        JSON.stringify(reversals),
      );
    }
    assert.match(faultOfDecision({ ...decision, erpIsEmpty: 'yes' }) ?? '', /erpIsEmpty/);
  });
});

describe('rules that return documents', () => {
  it('C14: are off unless they are configured', () => {
    assert.deepEqual(returnToConcurSchema.parse(undefined), { reasons: [], atHoldLimit: false });
    assert.deepEqual(returnToConcurSchema.parse({ reasons: ['erp-refused'], atHoldLimit: true }).reasons, [
      'erp-refused',
    ]);
  });

  it('C14: take no reason that a return cannot end, and no unknown one', () => {
    for (const reason of ['acknowledged-elsewhere', 'return-blocked', 'payment-needs-decision', 'unknown']) {
      assert.equal(returnToConcurSchema.safeParse({ reasons: [reason] }).success, false, reason);
    }
  });
});

describe('what an employee reads', () => {
  it('B5: each line of the reason is a message of its own, with the same stable code', () => {
    const leaving = { outcome: 'returned', by: 'Ann', reason: 'One.\n\n  Two.  ', code: 'ERP-REFUSED' } as const;
    assert.deepEqual(returnMessages(leaving), [
      { messageId: 'ERP-REFUSED', language: 'EN', text: 'One.' },
      { messageId: 'ERP-REFUSED', language: 'EN', text: 'Two.' },
    ]);
  });

  it("C14: the document's own numbers, accounts and amounts stay; hosts, ids of machines and keys do not", () => {
    const kept = employeeText('Report RE-2026-00017 of 12.05.2026: account 606300 in USMF takes no 1,204.50 EUR.');
    assert.match(kept, /Report RE-2026-00017 of 12\.05\.2026: account 606300 in USMF takes no 1,204\.50 EUR\./);
    const masked = employeeText(
      'See http://127.0.0.1:8080/x, 5f2c1d3a-0000-4abc-8def-0123456789ab and bc/A/supplier/S-1.',
    );
    assert.doesNotMatch(masked, /127|8080|5f2c1d3a|bc\/A/);
    assert.match(masked, /supplier S-1/);
  });
});
