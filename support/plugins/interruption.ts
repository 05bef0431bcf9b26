const STATUS = { SIGINT: 130, SIGHUP: 129, SIGTERM: 143 } as const;

const controller = new AbortController();

/**
 * Aborted at Ctrl-C, a closed terminal or SIGTERM. What the run says from then on comes from being stopped, not from
 * the product.
 */
export const interruption: AbortSignal = controller.signal;

/** Ends the process too where nothing has been started that must be stopped first. */
export function watchForInterruption(): void {
  for (const [signal, status] of Object.entries(STATUS)) {
    process.on(signal, () => {
      controller.abort();
      if (process.listenerCount(signal) === 1) process.exit(status);
    });
  }
}
