import { z } from 'zod';
import type { CompanyMapping, MappingRules } from '../contracts/mapping-rules.js';
import type { ConnectionsFile } from './connections-schema.js';
import type { ConnectionsSource } from './connections-source.js';
import { contentDigest, decisiveParts } from './mapping-digest.js';
import type { TellFault } from './mapping-fault.js';
import { faultText, newFaults } from './mapping-fault.js';

/** Stands in a sentence on each posting: one line of letters, so that nobody writes a second name into the first. */
const person = z
  .string()
  .transform((name) => name.normalize('NFKC').replace(/\s+/gu, ' ').trim())
  .pipe(z.string().regex(/^[\p{L}\p{M}\p{N} .'@_-]{1,80}$/u, "write a name of letters, digits, blanks and . ' @ _ -"));
const isSamePerson = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

/** Who has written the mapping of a company and who has approved it, of exactly one content (B8). */
export const approvalSchema = z
  .strictObject({
    author: person.describe('Who has written the mapping.'),
    approver: person.describe('Who has approved it: somebody else.'),
    digest: z
      .string({
        error: ({ input }) =>
          typeof input === 'number' ? 'put the value in quotes' : 'write the digest that `mapping check` says',
      })
      .regex(/^[0-9a-f]{32}$/, 'write the 32 digits that `mapping check` says')
      .describe('The content that was approved: the digest that `mapping check` says.'),
  })
  .refine(({ author, approver }) => !isSamePerson(author, approver), 'let somebody else than the author approve it')
  .optional();

/** The mapping of a company as somebody approves it. */
export interface ApprovableMapping {
  /** Where it stands in the connections file. */
  at: PropertyKey[];
  /** `erp/company`. */
  company: string;
  /**
   * 32 digits over everything that decides the postings of the company: its mapping, the rules that say which company bears, pays
   * and reclaims, and the days of its postings. Long enough that nobody makes a second mapping of the same digest.
   */
  digest: string;
  approval: z.output<typeof approvalSchema>;
  /** Companies for tests need no approval. */
  isTest: boolean;
}

/** What there is to approve in a file. A mapping with faults has no digest worth approving: only for mappings without. */
export function approvableMappings(
  { erp, rules }: Pick<ConnectionsFile, 'erp' | 'rules'>,
  mappings: readonly CompanyMapping[],
): ApprovableMapping[] {
  const { legalEntity, payingEntity, inputTaxIn, zeroDocuments } = rules;
  const entities = { legalEntity, payingEntity, inputTaxIn, zeroDocuments };
  return erp.flatMap(({ name, companies }, index) =>
    companies.flatMap(({ company, timeZone, openFrom, isTest, mapping: { approval } }, position) => {
      const loaded = mappings.find((each) => each.erp === name && each.company === company);
      if (loaded === undefined) return [];
      const digest = contentDigest({ ...entities, timeZone, openFrom, mapping: decisiveParts(loaded) }, 32);
      const at = ['erp', index, 'companies', position, 'mapping'];
      return [{ at, company: `${name}/${company}`, digest, approval, isTest }];
    }),
  );
}

/**
 * Tells of mappings that are not what somebody has approved, and of those that nobody has approved where
 * `rules.requireApproval` demands it.
 */
export function tellUnapproved(
  { file, locate }: Pick<ConnectionsSource, 'file' | 'locate'>,
  mappings: readonly ApprovableMapping[],
  tell: TellFault,
): void {
  for (const { at, company, digest, approval, isTest } of mappings) {
    if (approval === undefined) {
      if (!file.rules.requireApproval || isTest) continue;
      const remedy = `have it looked at by a second person, and name author, approver and digest '${digest}' in its approval`;
      tell(locate(at), `nobody has approved the mapping of ${company}`, remedy);
    } else if (approval.digest !== digest) {
      const message = `the mapping of ${company} is not the one that ${approval.approver} has approved (${approval.digest}): it, or the rules for all companies, have changed since`;
      const remedy = `take the change back, or have it approved as it is now and write digest: '${digest}'`;
      tell(locate([...at, 'approval']), message, remedy);
    }
  }
}

/** The same as lines of text: what keeps workers from starting, and nobody from looking at what the mapping would do. */
export function unapprovedMappings(
  source: Pick<ConnectionsSource, 'file' | 'locate'>,
  { companies }: MappingRules,
): string[] {
  const { list, tell } = newFaults();
  tellUnapproved(source, approvableMappings(source.file, companies), tell);
  return list.map(faultText);
}
