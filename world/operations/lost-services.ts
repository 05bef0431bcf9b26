import { existsSync, readFileSync } from 'node:fs';

interface Status {
  readonly lost: readonly { readonly service: string; readonly at: string; readonly reason: string }[];
}

/** One sentence for each service that ended in the middle of this run, as the services plugin noted it; mostly none. */
export function lostServices(): readonly string[] {
  const path = process.env['SPEC_SERVICES_STATUS'];
  if (path === undefined || !existsSync(path)) return [];
  const { lost } = JSON.parse(readFileSync(path, 'utf8')) as Status;
  return lost.map(({ service, at, reason }) => `${service} was lost at ${at} in the middle of the run (${reason}).`);
}
