import { z } from 'zod';
import type { CompanyMapping, MappingRules } from '../contracts/mapping-rules.js';
import type { ConnectionsSource } from './connections-source.js';
import type { TellFault } from './mapping-fault.js';
import { faultText, newFaults } from './mapping-fault.js';

const person = z.string().trim().min(1);
const isSamePerson = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

/** Who has written the mapping of a company and who has approved it, of exactly one content (B8). */
export const approvalSchema = z
  .strictObject({
    author: person.describe('Who has written the mapping.'),
    approver: person.describe('Who has approved it: somebody else.'),
    digest: z
      .string({ error: 'put the value in quotes' })
      .regex(/^[0-9a-f]{8}$/, 'write the eight digits that `mapping check` says')
      .describe('The content that was approved: the digest that `mapping check` says.'),
  })
  .refine(({ author, approver }) => !isSamePerson(author, approver), 'let somebody else than the author approve it')
  .optional();

/**
 * Tells of mappings that are not what somebody has approved, and of those that nobody has approved where
 * `rules.requireApproval` demands it. Companies for tests need none. A mapping with faults has no digest worth approving: only
 * for mappings without.
 */
export function tellUnapproved(
  { file: { erp, rules }, locate }: Pick<ConnectionsSource, 'file' | 'locate'>,
  mappings: readonly CompanyMapping[],
  tell: TellFault,
): void {
  for (const [index, { name, companies }] of erp.entries()) {
    for (const [position, { company, isTest, mapping }] of companies.entries()) {
      const source = mappings.find((each) => each.erp === name && each.company === company)?.source;
      if (source === undefined) continue;
      const at = ['erp', index, 'companies', position, 'mapping'];
      const { approval } = mapping;
      if (approval === undefined) {
        if (!rules.requireApproval || isTest) continue;
        const remedy = `have it looked at by a second person, and name author, approver and digest '${source.digest}' in its approval`;
        tell(locate(at), `nobody has approved the mapping of ${name}/${company}`, remedy);
      } else if (approval.digest !== source.digest) {
        const message = `the mapping of ${name}/${company} is not the one that ${approval.approver} has approved (${approval.digest}): it has changed since`;
        const remedy = `take the change back, or have it approved as it is now and write digest: '${source.digest}'`;
        tell(locate([...at, 'approval']), message, remedy);
      }
    }
  }
}

/** The same as lines of text: what keeps workers from starting, and nobody from looking at what the mapping would do. */
export function unapprovedMappings(
  source: Pick<ConnectionsSource, 'file' | 'locate'>,
  { companies }: MappingRules,
): string[] {
  const { list, tell } = newFaults();
  tellUnapproved(source, companies, tell);
  return list.map(faultText);
}
