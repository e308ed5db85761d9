import type { Company, World } from './company.js';
import type { TableDefinition } from './fields.js';
import type { Row } from './values.js';

/** A page as an administrator publishes it as a web service (classic-nav-pages.json). */
export interface Page {
  /** Page number in the application. */
  id: number;
  /** Name of the service: the default of section 19. */
  service: string;
  table: TableDefinition;
  /** Controls of the page; the primary key of the table is always there besides. */
  fields: readonly string[];
  /** Fields of the key and others that are seen but not written. */
  readOnly: ReadonlySet<string>;
  /** Records that the page is limited to: its source table view. */
  view: Row;
  writes: ReadonlySet<Verb>;
  /** Lines below a record of this page: name of the part, and service of the page that it shows. */
  part?: { name: string; service: string };
  /** Of pages over something that is worked out. */
  rows?: (company: Company, world: World) => Row[];
}

type Verb = 'create' | 'update' | 'delete';

interface PageSource {
  view?: Row;
  writes?: readonly Verb[];
  readOnly?: string;
  part?: { name: string; service: string };
  rows?: (company: Company, world: World) => Row[];
}

/** Records can be created, changed and deleted. */
export const everything: readonly Verb[] = ['create', 'update', 'delete'];

/** A page with its source table; throws where the table does not have a field, a mistake of the simulator. */
export function page(
  id: number,
  service: string,
  table: TableDefinition,
  fields: string,
  source: PageSource = {},
): Page {
  const { view = {}, writes = [], readOnly = '', ...rest } = source;
  const names = fields.split(/\s+/);
  for (const name of [...names, ...table.keys]) {
    if (!(name in table.fields)) throw new Error(`page ${id} shows ${name}, which ${table.name} does not have`);
  }
  return {
    ...{ id, service, table, view, ...rest },
    fields: [...table.keys.filter((key) => !names.includes(key)), ...names],
    readOnly: new Set(readOnly.split(' ')),
    writes: new Set(writes),
  };
}
