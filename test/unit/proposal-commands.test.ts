import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../../src/cli/failure.js';
import { proposalLine, valueProposals, vendorProposals } from '../../src/cli/proposals-commands.js';
import type { ProposedVendor } from '../../src/contracts/proposals.js';
import { configFiles } from './config-files.js';

test('C9: a person sees all facts of a proposed vendor in one line', () => {
  const facts: ProposedVendor = {
    ...{ vendorCode: 'NEW1', addressCode: 'A1', name: 'Firm', taxId: 'DE1', address1: 'Kaistr. 4', city: 'Kiel' },
    ...{ countryCode: 'DE', requestId: 'REQ-7', candidates: ['20000'] },
  };
  const place = { concur: 'acme', erp: 'bc', company: 'North' };
  const line = proposalLine(vendorProposals, {
    ...{ ...place, id: '7', facts, state: 'open', message: 'It has no name.', firstAt: new Date() },
  });
  const wanted = 'NEW1 / A1; Firm; Kaistr. 4 Kiel DE; tax number DE1; asked for by an employee; may be 20000';
  assert.equal(line, `    7  open      acme → bc/North  ${wanted}  It has no name.`);
});

test('C9: an acceptance without an account is taken only where the connector can create the vendor', (t) => {
  const connections = configFiles(t).load();
  const place = { concur: 'emea', company: 'any' };
  assert.match(
    vendorProposals.accepting(connections, { ...place, erp: 'bc' }, undefined),
    /creates it .* blocked for payment/,
  );
  assert.throws(() => vendorProposals.accepting(connections, { ...place, erp: 'fo' }, undefined), UsageError);
  assert.match(
    vendorProposals.accepting(connections, { ...place, erp: 'fo' }, 'V1'),
    /is vendor V1 .* nothing is created/,
  );
  assert.match(valueProposals.accepting(connections, { ...place, erp: 'bc' }, undefined), /Enter the value/);
});
