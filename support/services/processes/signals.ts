const STATUS = { SIGINT: 130, SIGHUP: 129, SIGTERM: 143 } as const;
type Signal = keyof typeof STATUS;

/**
 * Ctrl-C, a closed terminal and SIGTERM: stop, then end with the status that shells expect. A second signal while
 * stopping changes nothing, because npm passes on the one that the terminal has already sent to everybody. Returns the
 * way to stop listening.
 */
export function stopOnSignals(stop: () => Promise<void>): () => void {
  let isStopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isStopping) return;
    isStopping = true;
    process.stderr.write(`\n${signal === 'SIGINT' ? 'Interrupted' : signal}: stopping the services\n`);
    stop().then(
      () => process.exit(STATUS[signal as Signal]),
      (error: unknown) => {
        process.stderr.write(`could not stop everything; the next run will: ${String(error)}\n`);
        process.exit(STATUS[signal as Signal]);
      },
    );
  };
  const signals = Object.keys(STATUS) as Signal[];
  for (const signal of signals) process.on(signal, onSignal);
  return () => signals.forEach((signal) => process.off(signal, onSignal));
}
