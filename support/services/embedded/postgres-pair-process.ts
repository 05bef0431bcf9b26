import { PostgresPair } from './postgres-pair';

/** Two servers in a process of their own, for whoever may not import them. It does what it is told by name, one act after the other. */
const ACTS = {
  /** With all that it has written at the other one. */
  'lose-first': async (pair: PostgresPair) => {
    await pair.caughtUp();
    await pair.killFirst();
  },
  'promote-second': (pair: PostgresPair) => pair.promoteSecond(),
  'demote-first': (pair: PostgresPair) => pair.demoteFirst(),
  'promote-first': (pair: PostgresPair) => pair.promoteFirst(),
  'fill-first': (pair: PostgresPair) => pair.fillFirst('platform-health'),
  'empty-first': (pair: PostgresPair) => Promise.resolve(pair.emptyFirst()),
} as const satisfies Record<string, (pair: PostgresPair) => Promise<void>>;

async function main(): Promise<void> {
  const pair = await PostgresPair.open();
  const servers = pair.ports.map((port) => `127.0.0.1:${port}`);
  const end = async (): Promise<void> => {
    await pair[Symbol.asyncDispose]();
    process.exit();
  };
  process.on('message', (act: keyof typeof ACTS) => {
    void ACTS[act](pair).then(
      () => process.send?.({ type: 'done' }),
      (error: unknown) => process.send?.({ type: 'failed', reason: String(error) }),
    );
  });
  process.once('disconnect', () => void end());
  process.send?.({
    type: 'ready',
    variables: {
      POSTGRES_URL: pair.address('SPEC_POSTGRES_URL', ...servers),
      POSTGRES_OWNER_URL: pair.address('SPEC_POSTGRES_OWNER_URL', ...servers),
      POSTGRES_SERVICE_URL: pair.address('SPEC_POSTGRES_SERVICE_URL', ...servers),
    },
  });
}

main().catch((error: unknown) => {
  process.send?.({ type: 'failed', reason: String(error) }, undefined, undefined, () => process.exit(1));
});
