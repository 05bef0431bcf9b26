import type { Logger } from '../../kernel';
import type { Lifecycle, ProcessOwner, ProcessPort, StopCause, StopReport } from '../contract';
import { reasonOf } from '../errors';

/** How a process ended; 1 to 13 are node's own, 78 is a refused configuration. */
export const EXIT_STATUS = {
  clean: 0,
  start_failed: 20,
  with_errors: 21,
  abandoned: 22,
  uncaught_failure: 23,
  interrupted_twice: 130,
} as const;

/**
 * First line of the entry point, before any `await`: keeps signals that come before `attach`. SIGTERM and SIGINT stop;
 * a second SIGTERM changes nothing, a second SIGINT ends at once; an uncaught failure stops in order, with status 23.
 */
export function ownProcess(process: ProcessPort, log: Logger): ProcessOwner {
  let lifecycle: Lifecycle | undefined;
  let asked: StopCause | undefined;
  let stopping = false;
  let interrupts = 0;
  let watching: Disposable | undefined;

  const end = (status: keyof typeof EXIT_STATUS): void => {
    log.info({ status: EXIT_STATUS[status], end: status }, 'the process ends');
    process.exit(EXIT_STATUS[status]);
  };
  const stop = (cause: StopCause): void => {
    asked ??= cause;
    if (lifecycle === undefined || stopping) return;
    stopping = true;
    const ends = (report: StopReport): void => end(asked?.by === 'failure' ? 'uncaught_failure' : report.outcome);
    // A stop never rejects; were it to, the process must end all the same.
    lifecycle.stop(asked).then(ends, () => end('with_errors'));
  };
  const onTerm = (): void => stop({ by: 'signal', detail: 'SIGTERM' });
  const onInterrupt = (): void => {
    if (++interrupts > 1) return end('interrupted_twice');
    stop({ by: 'signal', detail: 'SIGINT' });
  };
  const onFailure = (error: unknown): void => {
    log.error({ err: error }, 'an uncaught failure');
    // Before there is anything to stop in order: a process that could not even load must not end as if all were well.
    if (lifecycle === undefined) return end('uncaught_failure');
    if (asked?.by === 'signal') asked = { by: 'failure', detail: reasonOf(error) };
    stop({ by: 'failure', detail: reasonOf(error) });
  };
  process.on('SIGTERM', onTerm);
  process.on('SIGINT', onInterrupt);
  process.on('uncaughtException', onFailure);
  process.on('unhandledRejection', onFailure);

  return {
    attach(owned) {
      lifecycle = owned;
      watching = owned.watch(({ to }) => {
        if (to === 'failed' && !stopping) end('start_failed');
      });
      if (asked !== undefined) stop(asked);
    },
    [Symbol.dispose]() {
      watching?.[Symbol.dispose]();
      process.off('SIGTERM', onTerm);
      process.off('SIGINT', onInterrupt);
      process.off('uncaughtException', onFailure);
      process.off('unhandledRejection', onFailure);
    },
  };
}
