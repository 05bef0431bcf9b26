import { settled, type Recalled, type Settled, type ThreadNotes } from '../../ssot/agent-registry';
import type { Logger, TenantContext, ThreadId } from '../../ssot/kernel';
import { defineState, StateError, type StateKind, type StateManager } from '../../ssot/state-manager';

/** What a thread was narrowed to: promised to last. */
const NARROWING = defineState({
  name: 'thread-narrowing',
  scope: 'thread',
  durability: 'durable',
  lifetimeMs: 2_592_000_000,
  schema: settled.pick({ model: true, feature: true }),
});
/** The period it speaks about: a day's talk, and the first thing to be said anew. */
const PERIOD = defineState({ name: 'thread-period', scope: 'thread', schema: settled.pick({ period: true }) });

/** What a thread has settled on, as working state of the person it belongs to, where every instance finds it. */
export function threadNotesIn(state: StateManager, log: Logger): ThreadNotes {
  return {
    async recall(ctx, id) {
      const [narrowing, period] = await Promise.all([
        recalled(state, ctx, NARROWING, id),
        recalled(state, ctx, PERIOD, id),
      ]);
      return { settled: { ...narrowing.settled, ...period.settled }, isWhole: narrowing.isWhole && period.isWhole };
    },
    async settle(ctx, id, { period, ...narrowing }) {
      await kept(state.put(ctx, NARROWING, { id }, narrowing), log);
      await kept(state.put(ctx, PERIOD, { id }, period === undefined ? {} : { period }), log);
    },
  };
}

async function recalled(
  state: StateManager,
  ctx: TenantContext,
  kind: StateKind<Settled>,
  id: ThreadId,
): Promise<Recalled> {
  try {
    return { settled: (await state.get(ctx, kind, { id }))?.value ?? {}, isWhole: true };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    // The answer says that it does not know.
    return { settled: {}, isWhole: false };
  }
}

/** The answer in hand does not depend on it: the next one starts afresh, and says what it goes by. */
async function kept(write: Promise<unknown>, log: Logger): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    log.warn({ code: error.code }, 'what a thread has settled on could not be kept');
  }
}
