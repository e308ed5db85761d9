import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BcStage, root } from './bc-stage.js';

const pages = root.replace('api/v2.0', 'ODataV4');
const inCompany = `${pages}/Company('North%20Ltd')`;

/** A stage with one invoice of 100 that is paid. */
function paid(): { stage: BcStage; number: string } {
  const stage = new BcStage();
  const id = stage.draft('INV-1');
  stage.postInvoice(id);
  stage.nowMs += 60_000;
  stage.bc.tick();
  return { stage, number: stage.get(`purchaseInvoices(${id})`).body.number as string };
}

describe('published pages of the vendor ledger (dynamics-nav.md section 15, source 4)', () => {
  it('29: one row per entry, options as captions, amounts in the currency of the document', () => {
    const { stage, number } = paid();
    const answer = stage.call('GET', `${inCompany}/VendorLedgerEntries?$filter=Document_No eq '${number}'`);
    assert.equal(answer.status, 200);
    const [row] = answer.body.value;
    assert.equal(answer.body.value.length, 1);
    assert.deepEqual(
      [row.Document_Type, row.Vendor_No, row.Original_Amount, row.Remaining_Amount, row.Open, row.External_Document_No],
      ['Invoice', '20000', '-100', '0', false, 'INV-1'],
    );
  });

  it('574: a payment is a row on both sides, and rows can be asked for by number', () => {
    const { stage } = paid();
    const rows = stage.call('GET', `${inCompany}/DetailedVendorLedgerEntries`).body.value;
    const types = rows.map((row: { Entry_Type: string }) => row.Entry_Type);
    assert.deepEqual(types.sort(), ['Application', 'Application', 'Initial Entry', 'Initial Entry']);
    const last = Math.max(...rows.map((row: { Entry_No: string }) => Number(row.Entry_No)));
    const filter = `?$filter=Entry_No gt ${last - 1}`;
    assert.equal(stage.call('GET', `${inCompany}/DetailedVendorLedgerEntries${filter}`).body.value.length, 1);
  });

  it('a company is named by path or query; another one, another page and every write are refused', () => {
    const { stage } = paid();
    const at = (url: string, method = 'GET'): number => stage.call(method, url).status;
    assert.equal(at(`${pages}/VendorLedgerEntries?company=North%20Ltd`), 200);
    assert.equal(at(`${pages}/Company('Nowhere')/VendorLedgerEntries`), 404);
    assert.equal(at(`${inCompany}/GLEntries`), 404);
    assert.equal(at(`${inCompany}/VendorLedgerEntries`, 'POST'), 404);
  });
});
