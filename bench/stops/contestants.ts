import { createTerminus } from '@godaddy/terminus';
import closeWithGrace from 'close-with-grace';
import { noMetrics, silentLogger, systemClock, systemRandom } from '../../ssot/kernel';
import { createLifecycle, ownProcess } from '../../ssot/lifecycle-manager';
import type { Opened } from './opened';

/** Who ends a process that was told to stop. */
export const CONTESTANTS = {
  /** The floor: everything is closed at once, by hand. */
  byHand: (opened: Opened): void => {
    process.once('SIGTERM', () => void opened.close().then(() => process.exit(0)));
  },
  ours: async ({ server, stores }: Opened): Promise<void> => {
    const owner = ownProcess(process, silentLogger);
    const lifecycle = createLifecycle({
      parts: [
        ...stores.map((store, number) => ({ name: `store ${number}`, stop: () => store.close() })),
        { name: 'http', needs: stores.map((_, number) => `store ${number}`), stop: () => server.close() },
      ],
      // Nobody is told in this comparison, because the others tell nobody.
      settings: { announceMs: 0 },
      clock: systemClock,
      random: systemRandom,
      log: silentLogger,
      metrics: noMetrics,
    });
    owner.attach(lifecycle);
    await lifecycle.start();
  },
  closeWithGrace: ({ server, stores }: Opened): void => {
    closeWithGrace({ logger: false }, async () => {
      await server.close();
      await Promise.all(stores.map((store) => store.close()));
    });
  },
  terminus: ({ server, stores }: Opened): void => {
    const onSignal = async (): Promise<void> => void (await Promise.all(stores.map((store) => store.close())));
    createTerminus(server.server, { signals: ['SIGTERM'], onSignal, useExit0: true });
  },
} as const satisfies Record<string, (opened: Opened) => void | Promise<void>>;
export type Contestant = keyof typeof CONTESTANTS;
