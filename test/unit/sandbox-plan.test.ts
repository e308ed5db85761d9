import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { loadBody } from '../../src/cli/sandbox/sandbox-documents.js';
import { connectionsFileSchema } from '../../src/config/connections-schema.js';
import { readConcurDocument } from '../../src/mapping/concur-to-document.js';
import { planErpDocuments } from '../../src/mapping/plan.js';
import type { Plan } from '../../src/mapping/plan-types.js';
import { generateDocuments } from '../../src/sandbox/generate-documents.js';
import { loadDocuments } from '../../src/sandbox/load-documents.js';
import { planSandbox } from '../../src/sandbox/sandbox-plan.js';
import type { SandboxDocument, SandboxErps, SandboxPlan } from '../../src/sandbox/sandbox-types.js';
import type { BcMasterData, FoMasterData } from '../../simulators/harness/master-data.js';

const samples = join(dirname(fileURLToPath(import.meta.url)), '../../../shared/samples/concur/fis');
const skip = existsSync(samples) ? false : `the published samples are not at ${samples}`;
const generated = generateDocuments({ count: 240, seed: 11 });

function plans(documents: SandboxDocument[], sandbox: SandboxPlan): Map<string, Plan> {
  const rules = { version: 'test', legalEntity: sandbox.legalEntity, companies: sandbox.mapping };
  const today = Object.fromEntries(sandbox.mapping.map(({ erp, company }) => [`${erp}/${company}`, '2026-07-01']));
  return new Map(
    documents.map(({ id, docType, document, documentText }) => {
      const text = documentText ?? JSON.stringify(document);
      const facts = { fiId: id, today, openFrom: {}, resolvedVendors: {} };
      return [id, planErpDocuments(readConcurDocument(docType, text), text, rules, facts)];
    }),
  );
}

/** What the ERP would find missing or blocked, by the sandbox's own master data. */
function unknownIn(sandbox: SandboxPlan, { target, masterData: [masterData] }: Plan): string[] {
  assert.ok(target && masterData);
  const { fo } = sandbox.masterData;
  const bc = { companies: [...sandbox.masterData.bc.companies, ...sandbox.masterData.nav.companies] };
  const foCompany = fo.companies.find(({ company }) => target.erp === 'fo' && company === target.company);
  const bcCompany = bc.companies.find(({ name }) => target.erp !== 'fo' && name === target.company);
  const vendors =
    foCompany?.vendors.filter(({ onHold }) => onHold === undefined).map(({ account }) => account) ??
    bcCompany?.vendors.filter(({ blocked }) => blocked === undefined).map(({ number }) => number) ??
    [];
  const accounts = foCompany
    ? fo.mainAccounts.map(({ account }) => account)
    : (bcCompany?.accounts ?? []).map(({ number }) => number);
  const dimensions = foCompany
    ? fo.dimensions.flatMap(({ name, values }) => values.map(({ value }) => `${name}=${value}`))
    : (bcCompany?.dimensions ?? []).flatMap(({ code, values }) => values.map((value) => `${code}=${value.code}`));
  const journals = foCompany?.journalNames.map(({ name }) => name) ?? [];
  return [
    ...masterData.vendors.filter((vendor) => !vendors.includes(vendor)),
    ...masterData.accounts.filter((account) => !accounts.includes(account)),
    ...masterData.dimensions
      .map((each) => `${each.dimension}=${each.value}`)
      .filter((each) => !dimensions.includes(each)),
    ...masterData.journalNames.filter((name) => !journals.includes(name)),
  ];
}

function assertPostable(documents: SandboxDocument[], erp: SandboxErps, reportsAsInvoices = false): void {
  const sandbox = planSandbox(documents, { erp, reportsAsInvoices });
  for (const [id, plan] of plans(documents, sandbox)) {
    const planted = sandbox.planted[id];
    const name = `${erp} ${id} ${planted ?? ''}: ${JSON.stringify(plan.refusals)}`;
    assert.equal(`${plan.target?.erp}/${plan.target?.company}`, sandbox.expected[id], name);
    const unknown = unknownIn(sandbox, plan);
    if (planted === undefined) {
      assert.deepEqual([plan.refusals, unknown], [[], []], name);
      assert.equal(plan.documents.length, 1, name);
    } else {
      const isVendorTrouble = planted.startsWith('vendor-');
      assert.ok(plan.refusals.some(({ hold }) => hold === planted) || (isVendorTrouble && unknown.length === 1), name);
    }
  }
}

for (const erp of ['fo', 'nav', 'classic', 'both'] as const) {
  test(`Every generated document can be posted to ${erp}, planted trouble runs into the hold that was planted`, () => {
    assertPostable(generated, erp);
  });

  test(`Every published document can be posted to ${erp}, but for the two with trouble of their own`, { skip }, () => {
    const files = readdirSync(samples).map((name) => ({ name, text: readFileSync(join(samples, name), 'utf8') }));
    const { documents } = loadDocuments(files);
    assertPostable(documents, erp);
    const { planted } = planSandbox(documents, { erp });
    assert.deepEqual(Object.values(planted).sort(), ['document-inconsistent', 'vendor-missing']);
  });
}

test('Currencies take turns between the ERPs, F&O companies between strong and recovery mode', () => {
  const { masterData, rules, mapping } = planSandbox(generated, { erp: 'both' });
  assert.deepEqual(
    masterData.fo.companies.map(({ company }) => company),
    ['camf', 'gbsi'],
  );
  assert.deepEqual(
    masterData.bc.companies.map(({ name }) => name),
    ["CRONUS O'Brien & Söhne EUR", "CRONUS O'Brien & Söhne USD"],
  );
  assert.deepEqual(
    masterData.fo.companies.map(({ manualJournalNumbers }) => manualJournalNumbers),
    [true, false],
  );
  assert.deepEqual(
    rules.fo.map(({ mode }) => mode),
    ['strong', 'recovery'],
  );
  assert.deepEqual(
    mapping.map(({ erp }) => erp),
    ['fo', 'bc', 'fo', 'bc'],
  );
  assert.deepEqual(
    masterData.fo.dimensions.map(({ name }) => name),
    ['BusinessUnit', 'Department', 'CostCenter', 'Project'],
  );
});

test('Three F&O companies know all ways of F&O: numbers of both kinds, invoices as journals and as pending invoices', () => {
  const three = generateDocuments({ count: 240, seed: 11, companies: 3 });
  const sandbox = planSandbox(three, { erp: 'fo' });
  assert.deepEqual(
    sandbox.rules.fo.map(({ company, currency, mode, routes }) => [company, currency, mode, routes.invoice]),
    [
      ['demf', 'EUR', 'strong', 'fo-vendor-invoice-journal'],
      ['gbsi', 'GBP', 'recovery', 'fo-vendor-invoice-journal'],
      ['usmf', 'USD', 'strong', 'fo-pending-invoice'],
    ],
  );
  const { hierarchy, codes } = sandbox.rules.fo[2]?.mapping.procurementCategories ?? {};
  const { accounts } = sandbox.rules.fo[2]?.mapping ?? {};
  const categories = new Map(sandbox.masterData.fo.procurementCategories.map(({ name, account }) => [name, account]));
  assert.equal(hierarchy, 'Procurement');
  for (const [code, category] of Object.entries(codes ?? {})) {
    assert.equal(categories.get(category), accounts?.codes[code], `${code} is posted where its mapping says`);
  }
  assert.ok(Object.keys(codes ?? {}).length >= 5);
  assertPostable(three, 'fo');
});

test('S4, S5: three companies of Business Central or NAV know both routes of reports; credits of suppliers become credit memos', () => {
  const three = generateDocuments({ count: 240, seed: 11, companies: 3, credits: true });
  for (const [erps, erp] of [
    ['nav', 'bc'],
    ['classic', 'nav'],
  ] as const) {
    const sandbox = planSandbox(three, { erp: erps, reportsAsInvoices: true });
    assert.deepEqual(
      sandbox.rules[erp].map(({ currency, routes }) => [currency, routes.expense, routes.invoice]),
      [
        ['EUR', 'bc-general-journal', 'bc-purchase-invoice'],
        ['GBP', 'bc-purchase-invoice', 'bc-purchase-invoice'],
        ['USD', 'bc-general-journal', 'bc-purchase-invoice'],
      ],
    );
    assert.ok(sandbox.mapping.every(({ kind }) => kind === (erp === 'bc' ? 'business-central' : 'dynamics-nav')));
    assertPostable(three, erps, true);
    const routes = [...plans(three, sandbox).values()].flatMap(({ documents }) => documents.map(({ route }) => route));
    const credits = routes.filter((route) => route === 'bc-purchase-credit-memo').length;
    assert.ok(credits >= 10, `${String(credits)} credit memos`);
    assert.ok(routes.filter((route) => route === 'bc-purchase-invoice').length > 80);
    assert.ok(routes.filter((route) => route === 'bc-general-journal').length > 80);
  }
});

test('Documents that come later move no code of those before them', () => {
  const codesOf = (count: number) =>
    planSandbox(generateDocuments({ count: 240, seed: 3 }).slice(0, count), { erp: 'fo' }).codes;
  const later = new Map(codesOf(240).map((codes) => [codes.legalEntity, codes]));
  for (const { legalEntity, employees, accounts, inputTax } of codesOf(80)) {
    const same = later.get(legalEntity);
    for (const [id, account] of Object.entries(employees)) assert.equal(same?.employees[id], account, id);
    for (const [code, account] of Object.entries(accounts)) assert.equal(same?.accounts[code], account, code);
    assert.deepEqual(same?.inputTax.slice(0, inputTax.length), inputTax);
  }
});

test('Accounts have the roles that the checker sums by', () => {
  const { masterData } = planSandbox(generated, { erp: 'fo' });
  const roleOf = (account: string) => masterData.fo.mainAccounts.find((each) => each.account === account)?.role;
  assert.deepEqual(['6100', '1910', '1620', 'LCBCP', 'TAX00001'].map(roleOf), [
    'cost',
    'cost',
    'advance',
    'liability',
    'tax',
  ]);
});

test('The master data has the form that the simulators take', () => {
  const { masterData } = planSandbox(generated, { erp: 'both' });
  const fo: FoMasterData = masterData.fo;
  const bc: BcMasterData = masterData.bc;
  assert.ok(fo.companies.length > 0 && bc.companies.length > 0);
});

test('The fragments make a connections file', () => {
  const { rules } = planSandbox(generated, { erp: 'both' });
  const secret = { env: 'SECRET' };
  const client = { tenant: 't', clientId: 'c', clientSecret: secret };
  const parsed = connectionsFileSchema.safeParse({
    operation: { encryptionKey: secret },
    concur: [
      {
        name: 'concur',
        tokenUrl: 'http://127.0.0.1:1',
        companyUuid: 'u',
        systemId: 's',
        clientId: 'c',
        clientSecret: secret,
      },
    ],
    erp: [
      { name: 'fo', kind: 'dynamics-fo', baseUrl: 'http://127.0.0.1:2', ...client, companies: rules.fo },
      {
        name: 'bc',
        kind: 'business-central',
        baseUrl: 'http://127.0.0.1:3',
        environment: 'sandbox',
        ...client,
        companies: rules.bc,
      },
    ],
    rules: { legalEntity: rules.legalEntity },
  });
  assert.deepEqual(parsed.error?.issues ?? [], []);
});

test('S83: corrections are prepared for like any document; the journal says what becomes of the first one', () => {
  const documents = generateDocuments({ count: 240, seed: 11, corrections: true });
  const sandbox = planSandbox(documents, { erp: 'both' });
  const corrections: SandboxDocument[] = documents.flatMap(({ docType, correction }) =>
    correction === undefined
      ? []
      : [{ id: correction.id, docType, document: undefined, documentText: correction.documentText }],
  );
  assert.ok(corrections.length > 8);
  for (const [id, plan] of plans(corrections, sandbox)) {
    assert.deepEqual([plan.refusals, unknownIn(sandbox, plan)], [[], []], id);
    assert.equal(`${plan.target?.erp}/${plan.target?.company}`, sandbox.expected[id]);
  }
  for (const { id, correction } of documents) {
    if (correction !== undefined) assert.equal(sandbox.planted[id], correction.kind);
  }
});

test('S83: the body for the simulated Concur tells what is recalled and what comes back, with its number literals', () => {
  const documentText = '{"report":{"totalApprovedAmount":50.00000000}}';
  const source = { id: 'a', docType: 'expense' as const, document: undefined, documentText };
  const correction = { id: 'b', documentText };
  const body = (kind?: 'returned-and-corrected' | 'recalled-and-corrected') =>
    loadBody([{ ...source, ...(kind === undefined ? {} : { correction: { ...correction, kind } }) }], {}, {});
  assert.equal(body(), `{"documents":[{"id":"a","docType":"expense","document":${documentText}}]}`);
  const corrected = `"corrected":{"id":"b","document":${documentText}},"document":${documentText}`;
  assert.equal(body('returned-and-corrected'), `{"documents":[{"id":"a","docType":"expense",${corrected}}]}`);
  assert.equal(
    body('recalled-and-corrected'),
    `{"documents":[{"id":"a","docType":"expense","recallBefore":true,${corrected}}]}`,
  );
});
