import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseXml, XmlError, type XmlElement } from '../../simulators/nav/xml.js';
import { invoiceKey, NavStage } from './nav-stage.js';

const textOf = (element: XmlElement, name: string): string | undefined =>
  element.children.find((child) => child.name === name)?.text;

/** Records of a `ReadMultiple`. */
function readMultiple(stage: NavStage, service: string, filters: Record<string, string>, rest = ''): XmlElement[] {
  const content = Object.entries(filters)
    .map(([field, criteria]) => `<filter><Field>${field}</Field><Criteria>${criteria}</Criteria></filter>`)
    .join('');
  const answer = stage.soap('Page', service, 'ReadMultiple', `${content}${rest}`);
  assert.equal(answer.status, 200, answer.faultText);
  return answer.element.children[0]!.children;
}

test('C22: vendors can be read by SOAP, in the namespace of the service in lower case, with opaque keys', () => {
  const stage = new NavStage();
  const one = stage.soap('Page', 'VendorCard', 'Read', '<No>ce01</No>');
  assert.deepEqual([one.status, one.element.name], [200, 'Read_Result']);
  assert.equal(one.element.namespace, 'urn:microsoft-dynamics-schemas/page/vendorcard');
  const [vendor] = one.element.children;
  assert.deepEqual(
    [vendor!.name, textOf(vendor!, 'Name'), textOf(vendor!, 'Blocked')],
    ['VendorCard', "Ana O'Example", '_blank_'],
  );
  assert.match(textOf(vendor!, 'Key') ?? '', /^\d+;[A-Za-z0-9+/=]+8;\d+;$/);
  assert.equal(textOf(vendor!, 'Name_2'), undefined, 'an empty text is left out');
  assert.equal(stage.soap('Page', 'VendorCard', 'Read', '<No>NOBODY</No>').element.children.length, 0);
  assert.equal(readMultiple(stage, 'VendorList', {}).length, 7);
});

test('C22: criteria are the NAV filter language: its operators, and quotes around text that holds them', () => {
  const stage = new NavStage();
  const found = (filters: Record<string, string>): (string | undefined)[] =>
    readMultiple(stage, 'VendorList', filters).map((row) => textOf(row, 'No'));
  assert.deepEqual(found({ No: 'CE01|STOP' }), ['CE01', 'STOP']);
  assert.deepEqual(found({ No: 'CE01..EURO' }), ['CE01', 'EURO']);
  assert.deepEqual(found({ No: '20000..&amp;&lt;&gt;STOP&amp;&lt;&gt;B*' }), ['20000', 'CE01', 'EURO', 'NOPAY']);
  assert.deepEqual(found({ Name: '@*trader' }), ['EURO', 'NOPAY', 'STOP']);
  assert.deepEqual(found({ Name: '*trader' }), []);
  assert.deepEqual(found({ No: 'CE0?' }), ['CE01']);
  assert.deepEqual(found({ Blocked: 'All|Payment' }), ['NOPAY', 'STOP']);
  assert.deepEqual(found({ Currency_Code: "&lt;&gt;''" }), ['EURO']);
  assert.deepEqual(found({ No: '(CE01|STOP)&amp;S*' }), ['STOP']);
  stage.nav.createVendor(stage.company, { number: 'A&B|C', displayName: 'A|B' });
  assert.deepEqual(found({ Name: "'A|B'" }), ['A&B|C']);
  assert.deepEqual(found({ Name: 'A|B' }), [], 'unquoted it is either A or B');
  assert.deepEqual(found({ Name: "'Ana O''Example'" }), ['CE01']);
  const refuse = (field: string, criteria: string): string =>
    stage.soap(
      'Page',
      'VendorList',
      'ReadMultiple',
      `<filter><Field>${field}</Field><Criteria>${criteria}</Criteria></filter>`,
    ).faultCode;
  for (const [field, criteria] of [
    ['No', 'X'.repeat(21)],
    ['No', '(CE01'],
    ['Last_Date_Modified', 'soon'],
    ['Blocked', 'Some'],
  ] as const) {
    assert.match(refuse(field, criteria), /NavFilterException$/, criteria);
  }
  assert.match(refuse('Colour', 'red'), /ServiceBrokerException$/);
});

test('C22: ledger entries are found by vendor and number; a set size and a bookmark page through a list', () => {
  const stage = new NavStage();
  for (const number of ['INV-1', 'INV-2', 'INV-3']) stage.postInvoice(stage.draft(number), number);
  const [entry, ...others] = readMultiple(stage, 'VendorLedgerEntries', {
    Vendor_No: '20000',
    External_Document_No: "'INV-2'",
  });
  assert.deepEqual([others.length, textOf(entry!, 'Document_Type'), textOf(entry!, 'Open')], [0, 'Invoice', 'true']);
  assert.equal(
    readMultiple(stage, 'VendorLedgerEntries', { Posting_Date: '08/21/2026', Remaining_Amount: '..-100' }).length,
    3,
  );
  const first = readMultiple(stage, 'VendorLedgerEntries', {}, '<setSize>2</setSize>');
  assert.equal(first.length, 2);
  const bookmark = `<bookmarkKey>${textOf(first[1]!, 'Key')}</bookmarkKey><setSize>2</setSize>`;
  assert.deepEqual(
    readMultiple(stage, 'VendorLedgerEntries', {}, bookmark).map((row) => textOf(row, 'External_Document_No')),
    ['INV-3'],
  );
});

test('C22: a record is created and changed field by field; its key changes with every update and refuses the old one', () => {
  const stage = new NavStage();
  const created = stage.soap(
    'Page',
    'PurchaseInvoice',
    'Create',
    '<PurchaseInvoice><Buy_from_Vendor_No>20000</Buy_from_Vendor_No></PurchaseInvoice>',
  );
  const invoice = created.element.children[0]!;
  const key = textOf(invoice, 'Key') ?? '';
  const update = (used: string, fields: string): ReturnType<NavStage['soap']> =>
    stage.soap('Page', 'PurchaseInvoice', 'Update', `<PurchaseInvoice><Key>${used}</Key>${fields}</PurchaseInvoice>`);
  const changed = update(key, '<Posting_Date>2026-08-20</Posting_Date><Vendor_Invoice_No>inv-1</Vendor_Invoice_No>');
  assert.equal(textOf(changed.element.children[0]!, 'Vendor_Invoice_No'), 'INV-1');
  assert.equal(
    textOf(changed.element.children[0]!, 'Buy_from_Vendor_Name'),
    'First Supplies',
    'absent elements stay untouched',
  );
  const stale = update(key, '<Posting_Date>2026-08-19</Posting_Date>');
  assert.equal(stale.status, 500);
  assert.match(stale.faultText, /^Other user has modified "PurchaseInvoice/);
  const isUpdated = stage.soap('Page', 'PurchaseInvoice', 'IsUpdated', `<Key>${key}</Key>`);
  assert.equal(isUpdated.element.children[0]!.text, 'true');
  assert.match(
    stage.soap('Page', 'PurchaseInvoice', 'Delete', `<Key>${key}</Key>`).faultText,
    /Other user has modified/,
  );
  const fresh = textOf(changed.element.children[0]!, 'Key') ?? '';
  assert.equal(
    stage.soap('Page', 'PurchaseInvoice', 'Delete', `<Key>${fresh}</Key>`).element.children[0]!.text,
    'true',
  );
  assert.match(update(fresh, '<Posting_Date>2026-08-19</Posting_Date>').faultCode, /NavCSideRecordNotFoundException$/);
});

test('C22: a journal can be written and posted by SOAP alone; CreateMultiple takes all lines or none', () => {
  const stage = new NavStage();
  const batch = '<Journal_Template_Name>GENERAL</Journal_Template_Name><Name>C1</Name>';
  stage.soap('Page', 'GeneralJournalBatches', 'Create', `<GeneralJournalBatches>${batch}</GeneralJournalBatches>`);
  const line = (account: string, amount: string): string =>
    `<GeneralJournal><Journal_Template_Name>GENERAL</Journal_Template_Name><Journal_Batch_Name>C1</Journal_Batch_Name>` +
    `<Document_No>CX1</Document_No>${account}<Amount>${amount}</Amount></GeneralJournal>`;
  const ledger = '<Account_Type>G_L_Account</Account_Type><Account_No>8430</Account_No>';
  const vendor = (number: string): string => `<Account_Type>Vendor</Account_Type><Account_No>${number}</Account_No>`;
  const create = (lines: string): ReturnType<NavStage['soap']> =>
    stage.soap('Page', 'GeneralJournal', 'CreateMultiple', `<GeneralJournal_List>${lines}</GeneralJournal_List>`);
  const refused = create(line(ledger, '10') + line(vendor('NOBODY'), '-10'));
  assert.match(refused.faultText, /\(NOBODY\) that cannot be found in the related table \(Vendor\)/);
  assert.equal(stage.list('GeneralJournal').length, 0);
  assert.equal(create(line(ledger, '10') + line(vendor('CE01'), '-10')).status, 200);
  assert.deepEqual(stage.postJournal('C1', 'CX1'), { status: 'posted', number: 'CX1', message: '' });
});

test('C22: faults are 500 with the exception of the server, whatever went wrong', () => {
  const stage = new NavStage();
  const draft = stage.draft('INV-1');
  const parameters = `<draftNo>${draft}</draftNo><externalNo>INV-1</externalNo>`;
  const namespace = 'urn:microsoft-dynamics-schemas/codeunit/ConcurConnector';
  const message = (method: string, space: string, action: string): ReturnType<NavStage['soap']> =>
    stage.soapMessage('Codeunit/ConcurConnector', action, `<${method} xmlns="${space}">${parameters}</${method}>`);
  const cases: [ReturnType<NavStage['soap']>, RegExp][] = [
    [stage.soap('Page', 'Vendors', 'ReadMultiple', ''), /^Service "Page\/Vendors" was not found!$/],
    [stage.soap('Codeunit', 'concurconnector', 'Version', ''), /^Service "Codeunit\/concurconnector" was not found!$/],
    [stage.soap('Codeunit', 'ConcurConnector', 'Post', ''), /^Method Post in service ConcurConnector was not found!$/],
    [stage.soap('Page', 'VendorList', 'DeleteAll', ''), /^Method DeleteAll in service VendorList was not found!$/],
    [message('PostPurchaseInvoice', namespace.toLowerCase(), `${namespace}:PostPurchaseInvoice`), /namespace/],
    [message('PostPurchaseInvoice', namespace, `${namespace}:Version`), /SOAP action/],
    [
      stage.soap('Codeunit', 'ConcurConnector', 'PostPurchaseInvoice', '<draftNo>1</draftNo>'),
      /^Parameter externalNo .* is null!$/,
    ],
    [
      stage.soap('Codeunit', 'ConcurConnector', 'PostCreditMemo', `<draftNo>${'1'.repeat(21)}</draftNo>`),
      /length of the string is 21/,
    ],
    [
      stage.soapMessage('Page/VendorList', 'urn:microsoft-dynamics-schemas/page/vendorlist:Read', ''),
      /must hold one method/,
    ],
  ];
  for (const [answer, pattern] of cases) {
    assert.equal(answer.status, 500);
    assert.equal(answer.element.name, 'Fault');
    assert.match(answer.faultCode, /^a:Microsoft\.Dynamics\.Nav\./);
    assert.match(answer.faultText, pattern);
  }
  assert.equal(stage.get(invoiceKey(draft)).status, 200, 'nothing was posted by any of these');
  const plain = stage.send('POST', '/DynamicsNAV110/WS/x/Page/VendorList', '<s:Envelope/>', {
    'content-type': 'text/xml',
  });
  assert.deepEqual([plain.status, /Fault/.test(String(plain.body))], [500, true]);
});

test('C22: the codeunit can be missing, and a user may not run it', () => {
  const stage = new NavStage();
  assert.equal(stage.soap('Codeunit', 'ConcurConnector', 'Version', '').element.children[0]!.text, '1.0');
  stage.nav.changeSetUpFaults({ 'codeunit-missing': true });
  assert.match(stage.soap('Codeunit', 'ConcurConnector', 'Version', '').faultCode, /ServiceNotFoundException$/);
  stage.nav.changeSetUpFaults({ 'codeunit-missing': false, 'user-without-permission': 'ConcurConnector' });
  assert.match(
    stage.soap('Codeunit', 'ConcurConnector', 'Version', '').faultText,
    /do not have the following permissions on CodeUnit/,
  );
  assert.match(
    new NavStage({ codeunit: false }).soap('Codeunit', 'ConcurConnector', 'Version', '').faultText,
    /was not found/,
  );
});

test('C22: the server tells its companies and services by SOAP', () => {
  const stage = new NavStage();
  const services = stage.send('GET', `/DynamicsNAV110/WS/${encodeURIComponent(stage.company)}/services`, '', {});
  assert.match(String(services.body), /WS\/CRONUS.*\/Codeunit\/ConcurConnector"/);
  stage.nav.changeSetUpFaults({ 'service-unpublished': 'VendorCard', 'codeunit-missing': true });
  const fewer = String(stage.send('GET', '/DynamicsNAV110/WS/x/services', '', {}).body);
  assert.deepEqual(
    [/Page\/VendorCard"/, /Page\/VendorList"/, /Codeunit/].map((one) => one.test(fewer)),
    [false, true, false],
  );
});

test('XML is read strictly: entities and prefixes are resolved, what is not well-formed is refused', () => {
  const root = parseXml(
    '<a:x xmlns:a="urn:a" xmlns="urn:b"><y>1 &lt; 2 &#38; &#x41;</y><!-- no --><z q="&gt;"/><![CDATA[<&]]></a:x>',
  );
  assert.deepEqual([root.name, root.namespace, root.text], ['x', 'urn:a', '<&']);
  assert.deepEqual(
    root.children.map(({ name, namespace, text }) => [name, namespace, text]),
    [
      ['y', 'urn:b', '1 < 2 & A'],
      ['z', 'urn:b', ''],
    ],
  );
  const broken = [
    '',
    '<a>',
    '<a></b>',
    '<a/><b/>',
    '<a>&nbsp;</a>',
    '<a>&amp</a>',
    '<p:a/>',
    '<a x=1/>',
    'text<a/>',
    '<a><b></a></b>',
  ];
  for (const source of [...broken, '<!DOCTYPE a><a/>', '<a><?php ?></a>']) {
    assert.throws(() => parseXml(source), XmlError, source);
  }
});
