import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Settlement } from '../../src/contracts/erp-port.js';
import type { ConfirmationQuestion, NextConfirmation } from '../../src/mapping/settlement-to-confirmation.js';
import { nextConfirmation } from '../../src/mapping/settlement-to-confirmation.js';

function settled(key: string, amount: string, more: Partial<Settlement> = {}): Settlement {
  return {
    documentId: 'd',
    part: 1,
    settlementKey: key,
    kind: 'payment',
    amount,
    currency: 'EUR',
    settledOn: '2026-03-0' + (key.at(-1) ?? '1'),
    reference: `PAY-${key}`,
    fiscalYear: '2026',
    ...more,
  };
}

const question: ConfirmationQuestion = {
  docType: 'expense',
  fiId: 'f'.repeat(32),
  businessId: 'REPORT',
  payee: { id: 'KX10001', name: 'Ada Albrecht' },
  payables: [{ part: 1, company: 'demf', amount: '100', currency: 'EUR' }],
  settlements: [],
  confirmed: [],
  reversals: 'alert',
};

const ask = (more: Partial<ConfirmationQuestion>): NextConfirmation => nextConfirmation({ ...question, ...more });
const told = (next: NextConfirmation): string[] =>
  next.outcome === 'confirm-expense'
    ? next.confirmations.map((one) => `${one.processingStatusCode} ${one.clearingDetails[0]?.clearingAmount}`)
    : [next.outcome];

test('Decisions 21: PP for each part, CP for the last one only when all is settled', () => {
  assert.deepEqual(told(ask({})), ['waiting']);
  assert.deepEqual(told(ask({ settlements: [settled('a1', '40')] })), ['PP 40']);
  const settlements = [settled('a2', '60'), settled('a1', '40')];
  assert.deepEqual(told(ask({ settlements })), ['PP 40', 'CP 60']);
  assert.deepEqual(told(ask({ settlements, confirmed: [{ settlementKey: 'a1', status: 'PP' }] })), ['CP 60']);
  const both = [{ settlementKey: 'a1', status: 'PP' } as const, { settlementKey: 'a2', status: 'CP' } as const];
  assert.deepEqual(told(ask({ settlements, confirmed: both })), ['settled']);
  assert.deepEqual(
    told(ask({ settlements: [settled('a1', '40')], confirmed: [{ settlementKey: 'a1', status: 'PP' }] })),
    ['waiting'],
  );
});

test('The confirmation has the form that FIS wants: three decimals, objects, the settlement as reference', () => {
  const next = ask({ settlements: [settled('demf/V1/2026/1', '100')] });
  assert.ok(next.outcome === 'confirm-expense' && next.isComplete);
  assert.deepEqual(next.confirmations, [
    {
      docId: 'f'.repeat(32),
      processingStatusCode: 'CP',
      additionalMessage: '',
      clearingDetails: [
        {
          clearingDate: '2026-03-01T00:00:00.000Z',
          clearingAmount: '100',
          clearingCurrency: 'EUR',
          receiver: { receiverId: 'KX10001', receiverName: 'Ada Albrecht', receiverType: 'EMPLOYEE' },
          clearingReference: {
            companyCode: 'demf',
            financialDocumentId: 'PAY-demf/V1/2026/1',
            fiscalYear: '2026',
            paymentRef: 'demf/V1/2026/1',
            paymentMethod: 'E',
          },
        },
      ],
      settlementKey: 'demf/V1/2026/1',
    },
  ]);
});

test('CP is not sent while another part of the same document is open (trap 17)', () => {
  const payables = [...question.payables, { part: 2, company: 'demf', amount: '10', currency: 'EUR' }];
  assert.deepEqual(told(ask({ payables, settlements: [settled('a1', '100')] })), ['PP 100']);
  const all = [settled('a1', '100'), settled('a2', '10', { part: 2 })];
  assert.deepEqual(told(ask({ payables, settlements: all })), ['PP 100', 'CP 10']);
});

test('A discount settles, but only the money is told', () => {
  const settlements = [settled('a1', '98'), settled('a2', '2', { kind: 'discount' })];
  assert.deepEqual(told(ask({ settlements })), ['CP 98']);
  assert.deepEqual(told(ask({ settlements, confirmed: [{ settlementKey: 'a1', status: 'PP' }] })), ['person']);
});

test('Credits, netting, overpayment and other currencies go to a person', () => {
  for (const settlement of [
    settled('a1', '100', { kind: 'credit' }),
    settled('a1', '100', { kind: 'other' }),
    settled('a1', '101'),
    settled('a1', '100', { currency: 'USD' }),
    settled('a1', '1', { part: 7 }),
  ]) {
    assert.deepEqual(told(ask({ settlements: [settlement] })), ['person']);
  }
});

test('A payment that was taken back before Concur knew of it does not count; applied again it counts once', () => {
  const undone = [settled('a1', '100'), settled('a2', '-100', { reference: 'PAY-a1' })];
  assert.deepEqual(told(ask({ settlements: undone })), ['waiting']);
  const again = [...undone, settled('a3', '100', { reference: 'PAY-a1' })];
  assert.deepEqual(told(ask({ settlements: again })), ['CP 100']);
  assert.deepEqual(told(ask({ settlements: again, confirmed: [{ settlementKey: 'a1', status: 'CP' }] })), ['settled']);
});

test('A reversal of what Concur knows goes to a person, and alerts once the document is closed', () => {
  const settlements = [settled('a1', '40'), settled('a2', '-40', { reference: 'PAY-a1' })];
  assert.deepEqual(told(ask({ settlements, confirmed: [{ settlementKey: 'a1', status: 'PP' }] })), ['person']);
  const full = [settled('a1', '100'), settled('a2', '-100', { reference: 'REV-1' })];
  assert.deepEqual(told(ask({ settlements: full, confirmed: [{ settlementKey: 'a1', status: 'CP' }] })), ['alert']);
  assert.deepEqual(told(ask({ settlements: [settled('a1', '-5')] })), ['person']);
});

test('An invoice is confirmed once, when it is fully paid', () => {
  const invoice = { docType: 'invoice' as const };
  assert.deepEqual(told(ask({ ...invoice, settlements: [settled('a1', '40')] })), ['waiting']);
  const settlements = [settled('a1', '40'), settled('a2', '60')];
  const next = ask({ ...invoice, settlements });
  assert.deepEqual(next, {
    outcome: 'confirm-invoice',
    confirmation: {
      requestId: 'REPORT',
      invoiceAmount: '100',
      paymentAmount: '100',
      currency: 'EUR',
      paymentStatus: 'PAID',
      paymentStatusDate: '2026-03-02',
      checkNumbers: ['PAY-a1', 'PAY-a2'],
      settlementKeys: ['a1', 'a2'],
    },
  });
  assert.deepEqual(told(ask({ ...invoice, settlements, confirmed: [{ settlementKey: 'a1', status: 'PAID' }] })), [
    'settled',
  ]);
});

test('S48: a payment by cheque is told as one, with the number of the cheque; any other by its payment document', () => {
  const settlements = [settled('a1', '40', { chequeNumber: '000778' }), settled('a2', '60')];
  const invoice = ask({ docType: 'invoice', settlements });
  assert.ok(invoice.outcome === 'confirm-invoice');
  assert.deepEqual(invoice.confirmation.checkNumbers, ['000778', 'PAY-a2']);
  const expense = ask({ settlements });
  assert.ok(expense.outcome === 'confirm-expense');
  assert.deepEqual(
    expense.confirmations.map(({ clearingDetails: [clearing] }) => [
      clearing?.clearingReference.paymentMethod,
      clearing?.clearingReference.financialDocumentId,
      clearing?.clearingReference.paymentRef,
    ]),
    [
      ['C', 'PAY-a1', 'a1'],
      ['E', 'PAY-a2', 'a2'],
    ],
  );
});

test('Cash advances are never confirmed as paid: FIS takes none', () => {
  const advance = { docType: 'cashadvance' as const };
  assert.deepEqual(told(ask({ ...advance, settlements: [settled('a1', '100')] })), ['settled']);
  assert.deepEqual(told(ask(advance)), ['waiting']);
});

const confirming = { reversals: 'confirm' as const };

test('Decisions 21: with reversals confirmed, RE goes first, positive, with its reason, under a reference derived from its own row', () => {
  const settlements = [
    settled('a1', '40'),
    settled('a2', '-40', { reference: 'PAY-a1', settledOn: '2026-03-20' }),
    settled('a3', '100'),
  ];
  const next = ask({ ...confirming, settlements, confirmed: [{ settlementKey: 'a1', status: 'PP' }] });
  assert.deepEqual(told(next), ['RE 40', 'CP 100']);
  assert.ok(next.outcome === 'confirm-expense' && next.isComplete);
  const [reversal] = next.confirmations;
  assert.equal(reversal?.additionalMessage, 'The payment PAY-a1 of 2026-03-01 was taken back on 2026-03-20.');
  assert.equal(reversal.settlementKey, 'a2');
  assert.equal(reversal.clearingDetails[0]?.clearingReference.paymentRef, 'a2/reversal');
  const after = [
    { settlementKey: 'a1', status: 'PP' },
    { settlementKey: 'a2', status: 'RE' },
  ] as const;
  assert.deepEqual(told(ask({ ...confirming, settlements, confirmed: [...after] })), ['CP 100']);
});

test('Decisions 21: a told reversal stays with the told payment when the same amount is paid again', () => {
  const settlements = [
    settled('a1', '40'),
    settled('a2', '-40', { reference: 'PAY-a3' }),
    settled('a3', '40', { reference: 'PAY-a3' }),
  ];
  const confirmed = [
    { settlementKey: 'a1', status: 'PP' },
    { settlementKey: 'a2', status: 'RE' },
  ] as const;
  assert.deepEqual(told(ask({ ...confirming, settlements, confirmed: [...confirmed] })), ['PP 40']);
});

test('Decisions 21: after CP only what was taken back is told; what cannot be matched is for a person in any case', () => {
  const full = [settled('a1', '100'), settled('a2', '-100', { reference: 'REV-1' }), settled('a3', '100')];
  const closed = [{ settlementKey: 'a1', status: 'CP' } as const];
  assert.deepEqual(told(ask({ ...confirming, settlements: full.slice(0, 2), confirmed: closed })), ['RE 100']);
  const reversed = [...closed, { settlementKey: 'a2', status: 'RE' } as const];
  assert.deepEqual(told(ask({ ...confirming, settlements: full, confirmed: reversed })), ['settled']);
  const partly = [settled('a1', '40'), settled('a2', '-5', { reference: 'PAY-a1' })];
  const parts = [{ settlementKey: 'a1', status: 'PP' } as const];
  assert.deepEqual(told(ask({ ...confirming, settlements: partly, confirmed: parts })), ['person']);
});

test('Decisions 21: a paid invoice of which a payment was taken back is VOID as a whole, once', () => {
  const settlements = [
    settled('a1', '40'),
    settled('a2', '60'),
    settled('a3', '-60', { reference: 'PAY-a2', settledOn: '2026-03-20' }),
  ];
  const paid = [
    { settlementKey: 'a1', status: 'PAID' },
    { settlementKey: 'a2', status: 'PAID' },
  ] as const;
  const next = ask({ ...confirming, docType: 'invoice', settlements, confirmed: [...paid] });
  assert.ok(next.outcome === 'confirm-invoice');
  const { paymentStatus, paymentAmount, paymentStatusDate, settlementKeys } = next.confirmation;
  assert.deepEqual([paymentStatus, paymentAmount, paymentStatusDate], ['VOID', '100', '2026-03-20']);
  assert.deepEqual(settlementKeys, ['a3']);
  const more = [...settlements, settled('a4', '-40', { reference: 'PAY-a1' })];
  const voided = [...paid, { settlementKey: 'a3', status: 'VOID' } as const];
  assert.deepEqual(told(ask({ ...confirming, docType: 'invoice', settlements: more, confirmed: voided })), ['settled']);
  assert.deepEqual(told(ask({ docType: 'invoice', settlements, confirmed: [...paid] })), ['alert']);
});

test('S101: parts of several companies keep their company, and all of them the receiver of the document', () => {
  const payables = [...question.payables, { part: 2, company: 'usmf', amount: '10', currency: 'EUR' }];
  const next = ask({ payables, settlements: [settled('a1', '100'), settled('a2', '10', { part: 2 })] });
  assert.ok(next.outcome === 'confirm-expense');
  assert.deepEqual(
    next.confirmations.map(({ clearingDetails: [clearing] }) => [
      clearing?.clearingReference.companyCode,
      clearing?.receiver.receiverId,
    ]),
    [
      ['demf', 'KX10001'],
      ['usmf', 'KX10001'],
    ],
  );
});
