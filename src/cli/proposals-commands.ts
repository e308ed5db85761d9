import type { Command } from 'commander';
import type { Connections } from '../config/load-connections.js';
import { capabilitiesOf } from '../contracts/erp-capabilities.js';
import type { Proposal, ProposalPlace, ProposedValue, ProposedVendor } from '../contracts/proposals.js';
import { appendAudit } from '../store/audit-store.js';
import { inTransaction, type Database } from '../store/database.js';
import { answerProposal, listProposals, readProposal, type ProposalKind } from '../store/proposal-store.js';
import { UsageError } from './failure.js';
import { findInstallation, withDatabase } from './installation.js';

type Facts = ProposedVendor | ProposedValue;

/** How proposals of one kind are shown and answered. */
export interface ProposalCommands {
  kind: ProposalKind;
  /** For people: what is proposed, in the plural. */
  what: string;
  /** Places of the file that may have proposals. */
  places(connections: Pick<Connections, 'file'>): ProposalPlace[];
  line(facts: Facts): string;
  /** What an acceptance means, in one sentence. @throws UsageError where it needs an account */
  accepting(connections: Pick<Connections, 'file'>, proposal: ProposalPlace, account: string | undefined): string;
}

interface Common {
  config?: string;
  json?: boolean;
}

/** Adds `proposals`, `accept` and `reject` to the commands of vendors or dimensions (C9, S16). */
export function addProposalCommands(group: Command, commands: ProposalCommands): void {
  const add = (name: string, description: string): Command =>
    group
      .command(name)
      .description(description)
      .option('--config <file>', 'connections file; the sandbox where it is left out')
      .option('--json', 'as JSON');
  add('proposals', `Shows ${commands.what} that Concur knows and the ERP does not, each with its number.`)
    .option('--all', 'also those that were answered')
    .action((options: Common & { all?: true }) => show(commands, options));
  const answering = (name: 'accept' | 'reject', description: string): Command =>
    add(`${name} <number>`, description)
      .requiredOption('--by <name>', 'who has decided it')
      .option('--note <text>', 'why')
      .action((number: string, options: AnswerOptions) => answer(commands, name, number, options));
  const accept = answering('accept', 'Says that the ERP shall have it.');
  if (commands.kind === 'vendor') {
    accept.option('--account <account>', 'the account under which the ERP has it already: nothing is created');
  }
  answering('reject', 'Says that the ERP shall not have it; it is not proposed again.');
}

async function show(commands: ProposalCommands, options: Common & { all?: true }): Promise<void> {
  const { connections } = findInstallation(options.config);
  await withDatabase(connections, async (db) => {
    const found: Proposal<Facts>[] = [];
    for (const place of commands.places(connections)) {
      const states = options.all === true ? undefined : (['open', 'accepted', 'creating'] as const);
      found.push(...(await listProposals<Facts>(db, commands.kind, place, states)));
    }
    if (options.json === true) console.log(JSON.stringify(found, null, 2));
    else if (found.length === 0) console.log(`No ${commands.what} are proposed.`);
    else for (const proposal of found) console.log(proposalLine(commands, proposal));
  });
}

/** One proposal for people, with all that Concur tells of it. */
export function proposalLine(commands: Pick<ProposalCommands, 'line'>, proposal: Proposal<Facts>): string {
  const { id, state, concur, erp, company, facts, account, message, answeredBy } = proposal;
  return [
    ...[id.padStart(5), state.padEnd(8), `${concur} → ${erp}/${company}`, commands.line(facts)],
    ...(account === undefined ? [] : [`is ${account}`]),
    ...(answeredBy === undefined ? [] : [`by ${answeredBy}`]),
    ...(message === undefined ? [] : [message]),
  ].join('  ');
}

interface AnswerOptions extends Common {
  by: string;
  note?: string;
  account?: string;
}

async function answer(
  commands: ProposalCommands,
  verb: 'accept' | 'reject',
  number: string,
  options: AnswerOptions,
): Promise<void> {
  if (!/^\d{1,18}$/.test(number)) throw new UsageError('Give the number that `proposals` shows in front of the line.');
  if (options.by.trim() === '') throw new UsageError('Say with --by who has decided it.');
  const { connections } = findInstallation(options.config);
  await withDatabase(connections, async (db) => {
    const sentence = await answered(db, connections, commands, verb, number, options);
    console.log(options.json === true ? JSON.stringify({ number, answer: verb, message: sentence }) : sentence);
  });
}

/** Stores an answer and its line in the audit trail together. @throws UsageError */
export async function answered(
  db: Database,
  connections: Pick<Connections, 'file'>,
  commands: ProposalCommands,
  verb: 'accept' | 'reject',
  number: string,
  { by, note, account }: Pick<AnswerOptions, 'by' | 'note' | 'account'>,
): Promise<string> {
  const proposal = await readProposal<Facts>(db, commands.kind, number);
  if (proposal === undefined || proposal.state === 'gone') throw new UsageError(`There is no proposal ${number}.`);
  const { concur, erp, company, facts } = proposal;
  const what = `${number} (${commands.line(facts)})`;
  const meaning = verb === 'accept' ? commands.accepting(connections, proposal, account) : 'It is not proposed again.';
  const given = { by, ...(note === undefined ? {} : { note }), ...(account === undefined ? {} : { account }) };
  await inTransaction(db, async (client) => {
    const isTaken = await answerProposal(client, number, { answer: verb, ...given });
    if (!isTaken) throw new UsageError(`It is too late to ${verb} ${what}: the ERP has it, or is about to.`);
    const data = { proposal: number, kind: commands.kind, answer: verb, ...given, concur, erp, company, facts };
    await appendAudit(client, { documentId: undefined, kind: 'message', actor: by, data });
  });
  return `${verb === 'accept' ? 'Accepted' : 'Rejected'}: ${what}. ${meaning}`;
}

/** Proposals of vendors (C9). */
export const vendorProposals: ProposalCommands = {
  kind: 'vendor',
  what: 'vendors',
  places: ({ file }) =>
    file.erp.flatMap(({ name, companies }) =>
      companies.flatMap(({ company, vendorSync }) =>
        vendorSync === undefined ? [] : [{ concur: vendorSync.concur, erp: name, company }],
      ),
    ),
  line: (facts) => {
    if (!('vendorCode' in facts)) return '';
    const { vendorCode, addressCode, name, taxId, candidates, requestId, ...address } = facts;
    const { address1, address2, postalCode, city, state, countryCode, currencyCode, email } = address;
    const place = [address1, address2, postalCode, city, state, countryCode].filter((part) => part !== undefined);
    return [
      ...[`${vendorCode} / ${addressCode}`, name, place.join(' ')],
      ...(taxId === undefined ? [] : [`tax number ${taxId}`]),
      ...[currencyCode ?? '', email ?? ''],
      ...(requestId === undefined ? [] : ['asked for by an employee']),
      ...(candidates === undefined ? [] : [`may be ${candidates.join(', ')}`]),
    ]
      .filter((part) => part !== '')
      .join('; ');
  },
  accepting: ({ file }, { erp, company }, account) => {
    if (account !== undefined) return `It is vendor ${account} of ${company}; nothing is created.`;
    const connection = file.erp.find(({ name }) => name === erp);
    if (connection !== undefined && capabilitiesOf(connection).vendorWrite) {
      return `The next sync creates it in ${company}, blocked for payment.`;
    }
    throw new UsageError(
      `The connector creates no vendors in ${erp}: enter it there, and say with --account under which account.`,
    );
  },
};

/** Proposals of dimension values (S16). */
export const valueProposals: ProposalCommands = {
  kind: 'dimension-value',
  what: 'dimension values',
  places: ({ file }) =>
    file.erp.flatMap(({ name, companies }) =>
      companies.flatMap(({ company, dimensionSync = [] }) =>
        [...new Set(dimensionSync.map(({ concur }) => concur))].map((concur) => ({ concur, erp: name, company })),
      ),
    ),
  line: (facts) =>
    'itemCode' in facts
      ? `${facts.dimension} ${facts.code}; ${facts.name}; item ${facts.itemCode} of ${facts.list}`
      : '',
  accepting: (_connections, { company }) =>
    `Enter the value in ${company}: the connector creates none there. The proposal ends with the first sync that finds it.`,
};
