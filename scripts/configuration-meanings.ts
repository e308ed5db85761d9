/**
 * What the settings of the connections file mean, where the description in the schema is missing or says less. Keys are
 * `section.setting`; the most special section of a setting wins (`fo.companies` before `companies`).
 */
export const meanings: Readonly<Record<string, string>> = {
  'operation.stateFolder':
    'Folder for logs and local state, relative to this file. Only `npm start -- --config` writes there; `worker.js` and `schedule.js` keep everything in PostgreSQL and Temporal.',
  'operation.databaseUrl':
    'PostgreSQL of the connector, as text or as a secret. `DATABASE_URL` in the environment wins; one of the two is needed.',
  'operation.temporalAddress':
    'Temporal, `host:port`. `TEMPORAL_ADDRESS` in the environment wins; `127.0.0.1:7233` where neither is set.',
  'operation.namespace': 'Namespace in Temporal. It must exist.',
  'operation.encryptionKey':
    '32 random bytes in base64 (`openssl rand -base64 32`); encrypts the Concur tokens in PostgreSQL. With another key the stored tokens cannot be read.',
  'operation.alertWebhookUrl':
    'Receives each new alert as JSON by POST, with a member `text`; as text, or as a secret where the address itself is one. Alerts are logged anyway.',
  'operation.healthPort': 'Port of `/healthz` and `/readyz` of a worker; not listened to where it is left out.',

  'operation.receiver.host':
    'Address on which the receiver of Concur events listens; `0.0.0.0` in a container. It speaks plain HTTP: put a proxy with TLS before it.',
  'operation.receiver.port':
    'Port of the receiver, `/healthz` included. `receiver.js` runs only where this section stands; `npm start -- --config` then starts it, too.',

  'concur.companyUuid': 'UUID of the Concur company: the user name of the first token exchange.',
  'concur.clientId': 'Client id of the app in Concur.',
  'concur.clientSecret': 'Client secret of the app in Concur: `{ env: NAME }` or `{ file: PATH }`.',
  'concur.documentTypes':
    'Document types that are polled; each has its own Schedule. Leave out what still leaves Concur by extract files.',
  'concur.pageLimit': 'Documents per page of the poll.',
  'concur.maximumPages': 'Pages that one pass of the poll reads at most.',
  'concur.paidStatuses':
    "Payment statuses of the invoice record that mean paid, in the company's own wording; asked only after a lost answer or a lasting refusal.",
  'concur.parallelism': 'Calls to this Concur company at the same time, over all workers together.',
  'concur.events.endpoint':
    'Public address to which Concur sends events, `https://…`. It must lead to `/concur/events/NAME` of the receiver, NAME being the name of this connection (or of the one whose subscription it shares). The section `events` may be left out: the poll finds everything anyway.',
  'concur.events.dataCenter':
    "Base URL of the company's data center, for example `https://eu2.api.concursolutions.com`: the app token and the subscription are made there.",
  'concur.events.subscriptionId':
    'Id of the event subscription, unique over all applications of Concur; derived from name, client id and company where it is left out. Connections of one app and data center may share one (Concur takes five per app): give them the same id, `endpoint` and `dataCenter`.',
  'concur.events.mode':
    '`off`: signatures are not checked; `observe`: the log and `events status` tell what fits; `enforce`: events whose signature fits no key are stored, put aside and cause no work. SAP publishes no algorithm: begin with `observe`.',
  'concur.events.algorithms': 'Algorithms that are tried with each key.',
  'concur.events.keys':
    "PEM files with Concur's public keys or client certificates, relative to this file; a file may hold several. They change every autumn: add the new one before, remove the old one after, and restart the receiver each time. Events that were put aside are then checked again.",
  'concur.events.clientCertificate.header':
    'Header in which your proxy hands on the verified subject of the client certificate; the proxy must remove it from what callers send. An event with another name is put aside, in every mode.',
  'concur.events.clientCertificate.commonName': 'Common name that the certificate must have.',
  'concur.events.silentAfterHours':
    'Without an event for so long, although the poll found documents, an alert is raised.',
  'concur.events.appCenter':
    'Opens `/concur/connect/NAME` of the receiver as landing page of the App Center; only the configured company can be connected there.',

  'erp.hostAllow': 'Regular expressions: credentials go only to origins that match one (loopback is always allowed).',
  'erp.authority': 'Where Entra ID issues tokens.',
  'erp.tenant': 'Entra ID tenant: id or domain.',
  'erp.clientId': 'Client id of the app registration in Entra ID.',
  'erp.clientSecret': 'Client secret of the app registration: `{ env: NAME }` or `{ file: PATH }`.',
  'erp.postingDeadlineHours': 'A document that is written but not posted for so long raises an alert.',
  'fo.baseUrl':
    'URL of the environment, scheme and host; treated as part of the credential. The OAuth scope is derived from it.',
  'fo.kind': 'Dynamics 365 Finance & Operations.',
  'fo.entitySets':
    "Replacements of entity set names, `usual name: own name`, where the environment publishes a customer's own entities with the same columns.",
  'fo.parallelism': 'Calls to this environment at the same time, over all workers together.',
  'bc.kind': 'Business Central.',
  'bc.scope': 'OAuth scope of the token request.',
  'bc.tenant':
    'Entra ID tenant, id or domain: online also the first part of every address of the API. Required unless `auth.type` is `web-service-key`; so are `clientId` and `clientSecret`.',
  'bc.environment': 'Online, and required there: name of the environment, for example `production`.',
  'bc.parallelism': 'Calls at the same time, over all workers together; Business Central allows five per user.',

  'nav.kind': 'Classic NAV, 2016 to 2018.',
  'nav.parallelism': 'Calls to this server at the same time, over all workers together.',

  'companies.currency': 'Ledger currency of the company, ISO 4217.',
  'companies.timeZone': 'Time zone that decides what today is, for example `Europe/Berlin`.',
  'companies.postingDate':
    "`document`: the document's own date; `today`: the day in the company's time zone; `next-open`: the document's own, but not before `openFrom`.",
  'companies.openFrom':
    'First open posting day. `next-open` moves earlier dates to it; under the other policies an earlier date holds the document.',
  'fo.companies.company': 'Legal entity (`dataAreaId`).',
  'fo.companies.mode':
    '`strong`: the connector chooses the journal number and writes header and lines as one transaction; the number sequence of journal batch numbers must permit changes by the user, to lower and to higher numbers. `recovery`: the sequence chooses, and a lost journal is found by its description.',
  'fo.companies.routes.expense':
    'Form of an expense report in F&O. A vendor invoice journal takes only reports for which the ERP owes a vendor money.',
  'fo.companies.routes.cashadvance': 'Form of a cash advance in F&O.',
  'fo.companies.routes.invoice':
    'Form of a supplier invoice in F&O: a journal, or a pending vendor invoice, whose lines are procurement categories or lines of a purchase order and which the workflow of F&O posts.',
  'fo.companies.journalNames.expense': 'Journal name for expense reports.',
  'fo.companies.journalNames.cashadvance': 'Journal name for cash advances.',
  'fo.companies.journalNames.invoice': 'Journal name for supplier invoices; only `fo-pending-invoice` needs none.',
  'bc.companies.company': 'Name of the company, exactly as Business Central spells it.',
  'bc.companies.routes.expense': 'Form of an expense report. A journal line has no currency: see the limits.',
  'bc.companies.routes.cashadvance': 'Form of a cash advance.',
  'bc.companies.routes.invoice': 'Form of a supplier invoice; a negative one becomes a purchase credit memo.',
  'bc.companies.paymentSource':
    '`analytics` reads payments from the vendor ledger entries (needs the Power BI Reports app); `status-only` closes documents once they are posted, and Concur is told nothing about payment.',

  'nav.companies.company': 'Name of the company, exactly as NAV spells it.',
  'nav.companies.routes.expense': 'Form of an expense report.',
  'nav.companies.routes.cashadvance': 'Form of a cash advance.',
  'nav.companies.routes.invoice': 'Form of a supplier invoice; a negative one becomes a purchase credit memo.',
  'nav.companies.paymentSource':
    '`pages` reads payments from the published ledger pages; `status-only` closes documents once they are posted, and Concur is told nothing about payment.',

  'mapping.vendors': 'Supplier code of Concur to vendor account.',
  'mapping.employees': 'Employee id of Concur to vendor account of the employee.',
  'mapping.accounts': 'Account code of Concur to ledger account.',
  'mapping.cardLiabilities':
    'Liability of company cards by party code (`COPD` company paid, `IBCP` individually billed, `CBCP` company billed): `{ ledger: ACCOUNT }` or `{ vendor: ACCOUNT }`.',
  'mapping.inputTax[].authority': 'Tax authority label of the document.',
  'mapping.inputTax[].code': 'Reclaim code or tax code of the document; `*` for any.',
  'mapping.inputTax[].account': 'Ledger account of the reclaimable input tax.',
  'mapping.advance':
    'Cash advance clearing: account code of Concur to ledger account. `accounts` counts where it has no row.',
  'mapping.payrollClearing': 'Ledger account for what the payroll settles.',
  'mapping.expensePayClearing': 'Ledger account for what Concur Expense Pay settles.',
  'mapping.invoicePayClearing': 'Ledger account for what Concur Invoice Pay settles.',
  'mapping.dimensions[].dimension': 'Name of the dimension in the ERP; in F&O as the active dimension format names it.',
  'mapping.dimensions[].from':
    'Fields of the document in order; the first filled one decides, for example `allocationCustom3Code`. Fields of the employee are not accepted.',
  'mapping.dimensions[].required': 'An expense line without a value holds the document.',
  'mapping.dimensions[].values': 'Code of Concur to dimension value.',

  'table.sameCode': 'A code without a row counts as its own ERP code (at most 20 characters for accounts and vendors).',
  'table.table':
    'CSV file with a header line and the columns `concur,erp`, relative to the connections file. A code that stands twice is a fault.',

  'rules.legalEntity[].path':
    'Dotted path into the FIS document, for example `report.ledgerCode`. Lists are read item by item; where they lead to several companies, each gets its part ([intercompany](intercompany.md)).',
  'rules.legalEntity[].documentTypes': 'The rule counts for these document types; for all where it is left out.',
  'rules.legalEntity[].codes':
    'Code at that path to ERP company: `CODE: { erp: CONNECTION, company: COMPANY }`. The first rule of which a code is listed decides; without one the document holds.',
  'rules.payingEntity[].path':
    'Dotted path to a field of the header, for example `report.ledgerCode`: which company owes employee, supplier or card where the parts of a document lead to several companies. Where rules apply to a document type, one must answer, else the document holds.',
  'rules.payingEntity[].documentTypes': 'The rule counts for these document types; for all where it is left out.',
  'rules.payingEntity[].codes': 'Code at that path to the ERP company that pays, as in `legalEntity`.',

  'timings.pollSeconds': 'How often each document type of each Concur company is polled.',
  'timings.postingWatchSeconds': 'How often each ERP company is asked which written documents are posted.',
  'timings.paymentWatchSeconds': 'How often each ERP company is asked for settlements.',
  'timings.paymentOverlapSeconds': 'How far each question for settlements reaches back behind the last one.',
  'timings.vendorRecheckSeconds': 'How often each ERP company is asked whether awaited vendors have appeared.',
  'timings.selfCheckSeconds':
    'How often a waiting document asks the ERP by itself, plus or minus a tenth: the net under the bulk watches.',
  'timings.holdReminderSeconds': 'A held document tries its step again by itself this often.',
  'timings.holdLimitSeconds':
    'A document that is held for longer raises an alert, once, and from then on tries again only as rarely as the self-check.',
  'timings.foLookAgainSeconds':
    'After a lost answer of F&O: how long after the loss the record is looked for again. Only after the last look without a find it is written again.',
  'timings.bcLookAgainSeconds': 'The same for Business Central.',
  'timings.concurLookAgainSeconds': 'The same for writes to Concur.',
};
