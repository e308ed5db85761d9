import { codeunitService } from './codeunit.js';
import type { Company, World } from './company.js';
import { companyNotFound, noPermission, notFound } from './errors.js';
import type { OptionFormat } from './options.js';
import type { Page } from './page-definition.js';
import { allPages, findPage } from './pages.js';

/** How option fields look in this service. */
export function optionFormat({ faults }: World): OptionFormat {
  return { ordinals: faults['options-as-ordinals'] === true, german: faults['captions-in-german'] === true };
}

/** The company of this name. Throws NavError if clients cannot see it. */
export function companyOf(world: World, name: string | undefined): Company {
  const company = world.visible().find(({ head }) => head.name === name);
  if (company === undefined) throw companyNotFound(name ?? '');
  return company;
}

/** Pages that are published, with the fields that they show. */
export function publishedPages({ faults }: World): Page[] {
  return allPages
    .filter(({ service }) => service !== faults['service-unpublished'])
    .map((page) => asShown(page, faults['field-missing']));
}

function asShown(page: Page, missing: string | false | undefined): Page {
  const [service, field] = typeof missing === 'string' ? missing.split('.') : [];
  return service === page.service ? { ...page, fields: page.fields.filter((name) => name !== field) } : page;
}

/** The page behind a published service. Throws NavError where it is not published, or the user may not use it so. */
export function pageOf(world: World, service: string, verb: 'Read' | 'Insert' | 'Modify' | 'Delete'): Page {
  const page = findPage(service);
  if (page === undefined || world.faults['service-unpublished'] === service) throw notFound(service);
  checkPermission(world, page, verb);
  return asShown(page, world.faults['field-missing']);
}

/** Throws NavError where the user may not touch the records behind a page. */
export function checkPermission({ faults }: World, page: Page, verb: string): void {
  if (faults['user-without-permission'] === page.service) {
    throw noPermission(`TableData ${page.table.name}: ${verb}`);
  }
}

/** True if the codeunit is installed and published. */
export function hasCodeunit({ faults }: World, isInstalled: boolean): boolean {
  return isInstalled && faults['codeunit-missing'] !== true && faults['service-unpublished'] !== codeunitService;
}
