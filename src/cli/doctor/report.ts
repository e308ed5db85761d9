import type { AreaReport, Finding, Verdict } from './findings.js';

/** Whether nothing failed; warnings do not count. */
export const isHealthy = (reports: readonly AreaReport[]): boolean =>
  reports.every(({ findings }) => findings.every(({ status }) => status !== 'fail'));

/** The findings as lines for a terminal, area by area, with a count at the end. */
export function reportLines(reports: readonly AreaReport[]): string[] {
  const areas = reports.flatMap(({ area, findings }) => [area, ...findings.flatMap(linesOf), '']);
  const count = (status: Verdict): number =>
    reports.flatMap(({ findings }) => findings).filter((finding) => finding.status === status).length;
  return [...areas, `${count('ok')} ok, ${count('warn')} warn, ${count('fail')} fail`];
}

function linesOf({ check, status, found, switchesOff, remedy }: Finding): string[] {
  return [
    `  ${status.padEnd(4)}  ${check}: ${found}`,
    ...(switchesOff === undefined ? [] : [`        Switches off: ${switchesOff}`]),
    ...(remedy === undefined ? [] : [`        Remedy: ${remedy}`]),
  ];
}
