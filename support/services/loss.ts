import { writeFileSync } from 'node:fs';
import { TITLE, type Service, type Started } from './contract';

/** What stands in the file that `SPEC_SERVICES_STATUS` names. */
export interface ServicesStatus {
  /** In the order of their loss; empty while all serve. */
  readonly lost: readonly { readonly service: string; readonly at: string; readonly reason: string }[];
}

export interface Running {
  readonly service: Service | 'platform';
  readonly started: Started;
  /** From the first step to its answer. */
  readonly ms: number;
}

/**
 * Says at once on stderr which service was lost in the middle of a run, and keeps it in a file, so that workers can
 * name it in their failures. Returns the file's path.
 */
export function watchForLoss(running: readonly Running[], path: string, stopped: AbortSignal): string {
  const lost: ServicesStatus['lost'][number][] = [];
  const write = (): void => writeFileSync(path, JSON.stringify({ lost } satisfies ServicesStatus));
  write();
  for (const { service, started } of running) {
    void started.ended?.then((reason) => {
      if (stopped.aborted) return;
      const title = service === 'platform' ? 'The platform' : TITLE[service];
      lost.push({ service: title, at: new Date().toISOString(), reason });
      write();
      process.stderr.write(
        `${title} was lost in the middle of the run (${reason}): scenarios that need it are not judged from here on.\n`,
      );
    });
  }
  return path;
}
