import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Rejected } from '../../src/clients/http/errors.js';
import { readAudit } from '../../src/store/audit-store.js';
import { rememberResolution } from '../../src/store/vendor-store.js';
import { concurOrder } from '../unit/purchase-order-fixtures.js';
import { bringToErp, purchaseStage } from './purchase-stage.js';
import { openStage, type Stage } from './stage.js';

const refused = (code: string, message: string) => new Rejected(message, { system: 'bc', operation: 'x' }, code);

describe('purchase requests', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  it('S6, C5: request, order by its number, one order in the ERP, audited; a second run creates nothing', async () => {
    const of = await purchaseStage(stage);
    const read = await of.read();
    assert.ok(read.status === 'done');
    assert.deepEqual([read.requestNumber, read.waitingFor, read.watchedIn], ['100231', undefined, []]);
    assert.deepEqual(of.concur.reads, [`request ${of.requestId}`, 'order PO-77']);
    const first = await of.review();
    assert.ok(first.status === 'done');
    assert.deepEqual(first.todos, [{ what: 'write', orderNumber: 'PO-77', erp: 'bc-test' }]);
    await of.write();
    await of.write();
    const second = await of.review();
    assert.ok(second.status === 'done');
    assert.deepEqual([second.todos, second.orders[0]?.erpNumber, second.orders[0]?.state], [[], '106026', 'open']);
    await bringToErp(of);
    assert.equal(of.erp.held.size, 1);
    assert.equal((await of.row()).stage, 'in-erp');
    const audit = await readAudit(stage.db, of.id);
    const written = audit.filter(({ kind }) => kind === 'write').map(({ data }) => [data['keys'], data['version']]);
    assert.deepEqual(written, [[{ id: 'id-106026', number: '106026' }, 'v1']]);
  });

  it('S112, C5: what Concur has not made yet is waited for in words, and nothing is asked but the id', async () => {
    const of = await purchaseStage(stage);
    const waitsFor = async (request: object): Promise<string | undefined> => {
      Object.assign(of.concur.state.request, request);
      const read = await of.read();
      assert.ok(read.status === 'done');
      return read.waitingFor;
    };
    const none = { purchaseOrderNumbers: [] };
    assert.match(
      (await waitsFor({ ...none, queueStatus: 'PENDING_CREATION', workflowStatus: undefined })) ?? '',
      /still creating/,
    );
    assert.match(
      (await waitsFor({ ...none, queueStatus: 'CREATED', workflowStatus: 'Pending Approval' })) ?? '',
      /not approved.*Pending Approval/,
    );
    assert.match((await waitsFor({ ...none, workflowStatus: 'Approved' })) ?? '', /no purchase order/);
    // An order of a request that is not approved is none of ours yet.
    assert.match(
      (await waitsFor({ purchaseOrderNumbers: ['PO-77'], workflowStatus: 'Pending Approval' })) ?? '',
      /not approved/,
    );
    assert.ok(of.concur.reads.every((read) => read === `request ${of.requestId}`));
    const review = await of.review();
    assert.ok(review.status === 'done');
    assert.deepEqual([review.orders, review.ended], [[], undefined]);
  });

  it('S112: a request that Concur could not create is held with the reason that Concur gives', async () => {
    const of = await purchaseStage(stage);
    Object.assign(of.concur.state.request, {
      queueStatus: 'CREATE_FAILED',
      exceptions: [{ message: 'Vendor V00045 is not approved' }],
    });
    const held = await of.read();
    assert.ok(held.status === 'hold');
    assert.match(held.hold.message, /could not create .*Vendor V00045 is not approved/);
    assert.equal((await of.row()).holdReason, 'concur-refused');
  });

  it('S113, C17: a change of an order that stands in the ERP opens one record and an alert, and edits nothing', async () => {
    const of = await purchaseStage(stage);
    await bringToErp(of);
    const before = structuredClone([...of.erp.held.values()]);
    const [first] = concurOrder().lines;
    of.concur.state.orders.set('PO-77', concurOrder({ lines: [{ ...first, quantity: '5' }] }));
    await of.read();
    await of.read();
    const [change, ...others] = await of.changes();
    assert.equal(others.length, 0);
    assert.deepEqual([change?.kind, change?.decision], ['changed-in-concur', null]);
    assert.ok(change?.sentences.includes('Line PO-77-10, quantity: 3 → 5.'));
    assert.match((await of.alerts()).join(), /was changed in Concur, and order 106026 .* was not: .*quantity: 3 → 5/);
    const review = await of.review();
    assert.ok(review.status === 'done');
    assert.deepEqual([review.todos, review.openChanges.length, review.ended], [[], 1, undefined]);
    await of.write();
    assert.deepEqual([...of.erp.held.values()], before, 'the order in the ERP is as it was');
    assert.deepEqual(of.concur.writes, []);
  });

  it('S113: a newer change takes the place of an open one; what Concur takes back asks nobody any more', async () => {
    const of = await purchaseStage(stage);
    await bringToErp(of);
    for (const custom2 of ['410', '420']) {
      of.concur.state.orders.set('PO-77', concurOrder({ custom2 }));
      await of.read();
    }
    assert.deepEqual(
      (await of.changes()).map(({ decision, decidedBy }) => [decision, decidedBy]),
      [
        ['superseded', 'connector'],
        [null, null],
      ],
    );
    of.concur.state.orders.set('PO-77', concurOrder());
    await of.read();
    assert.deepEqual(
      (await of.changes()).map(({ decision }) => decision),
      ['superseded', 'taken-back'],
    );
    assert.deepEqual(await of.alerts(), []);
  });

  it('S113: a decision is kept with its person; what was decided about is no change any more', async () => {
    const of = await purchaseStage(stage);
    await bringToErp(of);
    of.concur.state.orders.set('PO-77', concurOrder({ custom2: '410' }));
    await of.read();
    const [change] = await of.changes();
    assert.ok(change);
    assert.deepEqual(await of.decide(change.id, 'amended'), { accepted: true });
    assert.deepEqual(await of.decide(change.id, 'amended'), { accepted: true }, 'told twice, it changes nothing');
    const late = await of.decide(change.id, 'dismissed');
    assert.match('why' in late ? late.why : '', /is amended already/);
    const unknown = await of.decide('999999', 'dismissed');
    assert.match('why' in unknown ? unknown.why : '', /no change record 999999/);
    await of.read();
    const [decided, ...others] = await of.changes();
    assert.equal(others.length, 0);
    assert.deepEqual([decided?.decision, decided?.decidedBy, decided?.note], ['amended', 'A. Buyer', 'done by hand']);
    assert.deepEqual(await of.alerts(), []);
    assert.ok(
      (await readAudit(stage.db, of.id)).some(
        ({ actor, data }) => actor === 'A. Buyer' && data['decision'] === 'amended',
      ),
    );
  });

  it('S113: an order that people have replaced is left to them, and the request is complete', async () => {
    const of = await purchaseStage(stage);
    await bringToErp(of);
    of.concur.state.orders.set('PO-77', concurOrder({ vendorCode: '20001' }));
    await of.read();
    const [change] = await of.changes();
    await of.decide(change?.id ?? '', 'replaced');
    const review = await of.review();
    assert.ok(review.status === 'done');
    assert.equal(review.ended?.outcome, 'completed');
    assert.equal(of.erp.held.size, 1, 'nothing is deleted');
    of.concur.reads.length = 0;
    await of.read();
    assert.deepEqual(of.concur.reads, [`request ${of.requestId}`]);
  });

  it('S110: an order that a person removed in the ERP is raised; Concur is told nothing and nothing is written again', async () => {
    const of = await purchaseStage(stage);
    await bringToErp(of);
    of.erp.held.clear();
    await of.check();
    const review = await of.review();
    assert.ok(review.status === 'done');
    assert.deepEqual([review.todos, review.openChanges.length, review.ended], [[], 1, undefined]);
    assert.match((await of.alerts()).join(), /Order 106026 is gone .* Concur deletes no orders/);
    await of.write();
    await of.close();
    await of.review();
    assert.equal(of.erp.held.size, 0);
    const [change, ...others] = await of.changes();
    assert.equal(others.length, 0);
    const amended = await of.decide(change?.id ?? '', 'amended');
    assert.match('why' in amended ? amended.why : '', /gone from the ERP/);
    await of.decide(change?.id ?? '', 'dismissed');
    const end = await of.review();
    assert.ok(end.status === 'done');
    assert.equal(end.ended?.outcome, 'completed');
  });

  it('S110: by policy the order is closed in Concur, once, and never deleted', async () => {
    const of = await purchaseStage(stage, { rules: { removedInErp: 'close' } });
    await bringToErp(of);
    await of.close();
    assert.deepEqual(of.concur.writes, [], 'an order that stands in the ERP is not closed');
    of.erp.held.clear();
    await of.check();
    const review = await of.review();
    assert.ok(review.status === 'done');
    assert.deepEqual(review.todos, [{ what: 'close-in-concur', orderNumber: 'PO-77', erp: 'bc-test' }]);
    await of.close();
    await of.close();
    assert.deepEqual(of.concur.writes, ['PUT PO-77 Closed']);
    assert.equal(of.concur.state.orders.get('PO-77')?.lines.length, 2, 'the whole order goes back');
    const end = await of.review();
    assert.ok(end.status === 'done');
    assert.deepEqual([end.openChanges, end.ended?.outcome], [[], 'completed']);
  });

  it('S110: an order that is received and invoiced ends the request', async () => {
    const of = await purchaseStage(stage);
    await bringToErp(of);
    const [held] = of.erp.held.values();
    assert.ok(held);
    held.state = 'received';
    await of.check();
    assert.equal((await of.order())?.state, 'received');
    held.state = 'completed';
    await of.check();
    const review = await of.review();
    assert.ok(review.status === 'done');
    assert.match(review.ended?.detail ?? '', /PO-77 as 106026 .*completed/);
    assert.equal((await of.row()).outcome, 'completed');
  });

  it('S6: an order whose answer was lost is looked for, not written again; its plan stays what it is', async () => {
    const of = await purchaseStage(stage);
    await of.read();
    await of.review();
    of.erp.faults.push('lost-after');
    await assert.rejects(of.write(), /lost/);
    of.concur.state.orders.set('PO-77', concurOrder({ custom2: '410' }));
    await of.read();
    assert.equal((await of.order())?.state, 'writing');
    assert.equal((await of.changes()).length, 1, 'what may stand in the ERP is changed by nobody');
    await of.write();
    assert.equal(of.erp.held.size, 1);
    assert.equal((await of.order())?.state, 'open');
  });

  it('S6: while it is open whether an order was written, no second one is tried', async () => {
    const of = await purchaseStage(stage);
    await of.read();
    await of.review();
    of.erp.faults.push('lost-before');
    await assert.rejects(of.write());
    await assert.rejects(of.write(), /looked for again before anything is written/);
    assert.equal(of.erp.held.size, 0);
  });

  it('S113: after a refusal of the ERP, what was mended in Concur counts', async () => {
    const of = await purchaseStage(stage);
    await of.read();
    await of.review();
    of.erp.faults.push(refused('account-unusable', 'The account is closed.'));
    const held = await of.write();
    assert.ok(held.status === 'hold');
    assert.equal(held.hold.reason, 'account-unusable');
    assert.equal((await of.row()).holdReason, 'account-unusable');
    assert.equal((await of.order())?.state, 'planned');
    const [first] = concurOrder().lines;
    of.concur.state.orders.set('PO-77', concurOrder({ lines: [{ ...first, accountCode: '6110' }] }));
    await bringToErp(of);
    assert.deepEqual(await of.changes(), []);
    assert.equal([...of.erp.held.values()][0]?.order.lines[0]?.accountNumber, '611000');
    assert.equal((await of.row()).holdReason, null);
    assert.deepEqual(await of.alerts(), []);
  });

  it('S89: an unknown supplier holds with its question; the answer is remembered and plans the order', async () => {
    const of = await purchaseStage(stage, { mapping: { vendors: { sameCode: false, byCode: {} } } });
    of.concur.state.orders.set('PO-77', concurOrder({ vendorCode: 'V-NEW' }));
    await of.read();
    const held = await of.review();
    assert.ok(held.status === 'hold');
    const [vendorKey = ''] = held.hold.vendorKeys;
    assert.equal(vendorKey, "bc-test/O'Brien & Söhne/supplier/V-NEW");
    await rememberResolution(stage.db, of.id, { vendorKey, vendorNumber: '20000', by: 'A. Buyer', note: '' });
    const planned = await of.review();
    assert.ok(planned.status === 'done');
    assert.equal((await of.order())?.document?.vendorNumber, '20000');
  });

  it('S84: a blocked vendor is found before anything is written', async () => {
    const of = await purchaseStage(stage);
    of.erp.findings.push({ kind: 'vendor-blocked', code: '20000', message: 'Vendor 20000 is blocked.' });
    await of.read();
    await of.review();
    const held = await of.write();
    assert.ok(held.status === 'hold');
    assert.deepEqual(
      [held.hold.reason, held.hold.vendorKeys],
      ['vendor-blocked', ["bc-test/O'Brien & Söhne/supplier/20000"]],
    );
    assert.equal(of.erp.held.size, 0);
  });

  it('C5: an ERP without purchase orders holds with a sentence', async () => {
    const of = await purchaseStage(stage);
    await of.read();
    await of.review();
    Reflect.deleteProperty(of.erp.port, 'purchaseOrders');
    const held = await of.write();
    assert.ok(held.status === 'hold');
    assert.deepEqual(
      [held.hold.reason, /cannot write purchase orders to ERP connection bc-test/.test(held.hold.message)],
      ['unsupported-document', true],
    );
  });

  it('S6: one order that cannot be mapped does not keep another of the same request', async () => {
    const of = await purchaseStage(stage);
    of.concur.state.request.purchaseOrderNumbers = ['PO-77', 'PO-78'];
    of.concur.state.orders.set('PO-78', concurOrder({ purchaseOrderNumber: 'PO-78', shipping: '10' }));
    await of.read();
    const review = await of.review();
    assert.ok(review.status === 'done');
    assert.deepEqual(
      review.todos.map(({ orderNumber }) => orderNumber),
      ['PO-77'],
    );
    await of.write();
    assert.deepEqual([...of.erp.held.values()][0]?.order.markers[0], `CONCUR-PR:${of.requestId}/PO-77`);
    const held = await of.review();
    assert.ok(held.status === 'hold');
    assert.match(held.hold.message, /shipping costs 10 of purchase order PO-78/);
  });

  it('S6: what a person has ignored is written by no reset', async () => {
    const of = await purchaseStage(stage);
    await of.read();
    await of.review();
    const end = await of.ignore();
    assert.deepEqual([end.outcome, end.detail], ['ignored', 'Nothing of it is in an ERP.']);
    await of.read();
    const review = await of.review();
    assert.ok(review.status === 'done');
    assert.deepEqual([review.todos, review.ended?.outcome], [[], 'ignored']);
    await of.write();
    assert.equal(of.erp.held.size, 0);
  });

  it('S6: an ignored request is written by no attempt that was already looking into the ERP', async () => {
    const of = await purchaseStage(stage);
    await of.read();
    await of.review();
    let detail = '';
    of.erp.meanwhile.look = async () => {
      ({ detail } = await of.ignore());
    };
    await assert.rejects(of.write(), /Another attempt of this step has written meanwhile/);
    of.erp.meanwhile.look = () => Promise.resolve();
    await of.write();
    assert.deepEqual([of.erp.held.size, detail], [0, 'Nothing of it is in an ERP.']);
  });

  it('S6, S113: an order that the ERP makes while its request is ignored is named to the person, kept and alerted', async () => {
    const of = await purchaseStage(stage);
    await of.read();
    await of.review();
    let detail = '';
    of.erp.meanwhile.create = async () => {
      ({ detail } = await of.ignore());
    };
    await of.write();
    assert.match(detail, /may have been written whose number is not known here: PO-77 in O'Brien/);
    assert.deepEqual([of.erp.held.size, (await of.order())?.erpNumber], [1, '106026']);
    assert.match((await of.alerts()).join(), /Order 106026 of O'Brien .*PO-77.*while a person ended that request/);
    const written = (await readAudit(stage.db, of.id)).filter(({ kind }) => kind === 'write');
    assert.equal(written.length, 1);
  });

  it('S6: an order that the ERP holds otherwise than it was meant is not ignored as if it were not there', async () => {
    const of = await purchaseStage(stage);
    await of.read();
    await of.review();
    of.erp.faults.push('lost-after');
    await assert.rejects(of.write(), /lost/);
    assert.match((await of.ignore()).detail, /may have been written .*PO-77/);
  });

  it('S113: nobody takes over an order whose writing is under way; one that people have taken over is not written', async () => {
    const of = await purchaseStage(stage);
    await of.read();
    await of.review();
    const changed = async (): Promise<string> => {
      of.concur.state.orders.set('PO-77', concurOrder({ custom2: '410' }));
      await of.read();
      return (await of.changes())[0]?.id ?? '';
    };
    let answer: Awaited<ReturnType<typeof of.decide>> | undefined;
    of.erp.faults.push('lost-before');
    of.erp.meanwhile.create = async () => {
      answer = await of.decide(await changed(), 'replaced');
    };
    await assert.rejects(of.write(), /lost/);
    assert.ok(answer !== undefined && 'why' in answer);
    assert.match(answer.why, /PO-77 is just being written to the ERP/);

    const other = await purchaseStage(stage);
    await other.read();
    await other.review();
    other.erp.meanwhile.look = async () => {
      other.concur.state.orders.set('PO-77', concurOrder({ custom2: '410' }));
      await other.read();
      assert.deepEqual(await other.decide((await other.changes())[0]?.id ?? '', 'replaced'), { accepted: true });
    };
    await assert.rejects(other.write(), /Another attempt of this step/);
    assert.deepEqual([other.erp.held.size, (await other.order())?.state], [0, 'left']);
  });

  it('S110: what a person has ignored is closed in Concur by no attempt that comes late', async () => {
    const of = await purchaseStage(stage, { rules: { removedInErp: 'close' } });
    await bringToErp(of);
    of.erp.held.clear();
    await of.check();
    await of.ignore();
    await of.close();
    assert.deepEqual(of.concur.writes, []);
  });
});
