import { z } from 'zod';
import { ExternalSystemError, Rejected } from '../../http/errors.js';
import type { HttpClient } from '../../http/types.js';
import { wireName } from '../entity-sets.js';
import { menu } from '../menu-paths.js';
import type { ODataClient } from '../odata.js';
import { RoleMissing, UnknownField, UnknownSet } from '../odata-errors.js';
import type { FoUse } from './fo-set-up.js';
import { readMetadata } from './metadata-reader.js';
import type { EntityFields } from './metadata-scan.js';
import { requiredSurface, type Need, type SurfaceRow } from './required-surface.js';
import { doubt, fault, fine, type Advice, type SetUpFinding } from '../../set-up-finding.js';

type Metadata = ReadonlyMap<string, EntityFields> | undefined;

const everyone = 'every set';

/**
 * Compares what the environment describes with what the use of it needs, and reads one row of each set (S38): a missing set or
 * field, and a missing right, each with its remedy. Only reads leave.
 */
export async function surfaceFindings(
  odata: ODataClient,
  http: HttpClient,
  use: FoUse,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const rows = requiredSurface(use);
  const described = readMetadata(
    http,
    use.name,
    rows.map(({ set }) => wireName(set, use.entitySets)),
    signal,
  ).catch((error: unknown) => {
    if (error instanceof ExternalSystemError) return error;
    throw error;
  });
  const probes = await Promise.all(rows.map((row) => probe(odata, use, row, signal)));
  if (probes.every((error) => error instanceof RoleMissing)) return [everythingRefused()];
  const metadata = await described;
  const known = metadata instanceof ExternalSystemError ? undefined : metadata;
  return [
    metadataFinding(metadata),
    ...rows.map((row, index) => judge(row, wireName(row.set, use.entitySets), known, probes[index])),
  ];
}

const oneRow = z.record(z.string(), z.unknown());

/** What stood in the way of reading one row; undefined where nothing did. */
async function probe(
  odata: ODataClient,
  { companies }: FoUse,
  { set, fields, ofCompany }: SurfaceRow,
  signal: AbortSignal,
): Promise<ExternalSystemError | undefined> {
  const company = ofCompany ? companies[0]?.company : undefined;
  try {
    const select = [...new Set(fields)];
    await odata.read({ set, ...(company === undefined ? {} : { company }), select, top: 1, row: oneRow, signal });
    return undefined;
  } catch (error) {
    if (error instanceof ExternalSystemError) return error;
    throw error;
  }
}

/** Without a row for the application everything is refused alike, and no role would help. */
function everythingRefused(): SetUpFinding {
  return fault(everyone, 'Finance & Operations refuses every read (403).', {
    switchesOff: stopped.documents,
    remedy: `Enter the client id with the connector's user in ${menu.applications}, and give this user its security roles in ${menu.users}.`,
  });
}

function metadataFinding(metadata: ReadonlyMap<string, EntityFields> | ExternalSystemError): SetUpFinding {
  const check = 'description of the environment ($metadata)';
  if (!(metadata instanceof ExternalSystemError)) return fine(check, 'Read, and compared with what is needed.');
  return doubt(check, `Not compared: ${metadata.message}`, {
    remedy: 'Ask again later; the sets below were read one by one all the same.',
  });
}

const stopped: Record<Need, string> = {
  documents: 'all documents of this connection: they are held, and nothing is written',
  payments: 'payments: posted documents never become paid in Concur',
  comfort: 'little',
  nothing: 'nothing: this configuration does not use it',
};

function judge(
  row: SurfaceRow,
  wire: string,
  metadata: Metadata,
  problem: ExternalSystemError | undefined,
): SetUpFinding {
  const check = `${wire} (${row.holds})`;
  const speak = row.need === 'documents' || row.need === 'payments' ? fault : doubt;
  const say = (found: string, advice: Advice): SetUpFinding =>
    speak(check, found, { switchesOff: row.without ?? stopped[row.need], ...advice });
  const entity = metadata?.get(wire);
  const isUndescribed = metadata !== undefined && entity === undefined;
  if (problem instanceof UnknownSet || isUndescribed) {
    return say('This environment does not publish the entity set.', { remedy: setRemedy(row, wire) });
  }
  const lacking = missingFields(row, entity, problem);
  if (lacking.length > 0) {
    return say(`The entity set has no field ${lacking.join(', ')}.`, { remedy: fieldRemedy(row, wire, lacking) });
  }
  if (problem instanceof RoleMissing) return say('No permission to read it (403).', { remedy: roleRemedy(row, wire) });
  if (problem !== undefined) return say(reasonOf(problem), { remedy: 'Ask again later.' });
  const sealed = (row.sends ?? []).filter((field) => entity?.notOnCreate.has(field) === true);
  if (sealed.length > 0) {
    return say(`A create may not set ${sealed.join(', ')}.`, { remedy: fieldRemedy(row, wire, sealed) });
  }
  return fine(check, readable(row));
}

function readable({ need, sends }: SurfaceRow): string {
  if (need === 'nothing') return 'Readable; this configuration does not use it.';
  if (sends === undefined) return 'Readable.';
  return 'Readable. Whether the user may also create and delete shows with the first document: nothing is written here.';
}

function missingFields(row: SurfaceRow, entity: EntityFields | undefined, problem: unknown): string[] {
  const described = entity === undefined ? [] : needed(row).filter((field) => !entity.fields.has(field));
  const asked = problem instanceof UnknownField ? [problem.field] : [];
  return [...new Set([...described, ...asked])];
}

const needed = ({ fields, sends = [] }: SurfaceRow): string[] => [...new Set([...fields, ...sends])];

/** The service's own words may name people and records. */
const reasonOf = (problem: ExternalSystemError): string =>
  problem instanceof Rejected ? `The read is refused (${problem.call.status ?? 'no status'}).` : problem.message;

const ownEntity = (row: SurfaceRow, wire: string): string =>
  `or publish a data entity of your own with the fields ${needed(row).join(', ')} and write entitySets: { ${row.set}: its name } in the connections file${wire === row.set ? '' : `, which names ${wire} now`}`;

const setRemedy = (row: SurfaceRow, wire: string): string =>
  `Refresh the list of data entities (${menu.entityList}) and see that the feature of ${row.holds} is switched on; ${ownEntity(row, wire)}.`;

const fieldRemedy = (row: SurfaceRow, wire: string, fields: readonly string[]): string =>
  `Update the environment, or switch on the feature or configuration key that ${fields.join(', ')} belongs to; ${ownEntity(row, wire)}.`;

const roleRemedy = ({ holds, sends }: SurfaceRow, wire: string): string =>
  `Give the connector's user a security role that may read ${holds}${sends === undefined ? '' : ', and create and delete them'} (${menu.users}); in a role of your own, add the data entity of ${wire} to one of its privileges (${menu.security} › Privileges › Data entities). A change takes some minutes.`;
