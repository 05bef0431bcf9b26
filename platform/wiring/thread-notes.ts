import {
  conversationFilter,
  type ConversationFilter,
  type Recalled,
  type ThreadNotes,
} from '../../ssot/agent-registry';
import type { Logger, TenantContext, ThreadId } from '../../ssot/kernel';
import { defineState, StateError, type StateKind, type StateManager } from '../../ssot/state-manager';

/** What a thread was narrowed to: promised to last. */
const NARROWING = defineState({
  name: 'thread-narrowing',
  scope: 'thread',
  durability: 'durable',
  lifetimeMs: 2_592_000_000,
  schema: conversationFilter.pick({ models: true, providers: true, features: true }),
});
/** The period and the figures it speaks about: a day's talk, and the first things to be said anew. */
const TALK = defineState({
  name: 'thread-talk',
  scope: 'thread',
  schema: conversationFilter.pick({ period: true, measures: true, by: true }),
});

/** What a thread has settled on, as working state of the person it belongs to, where every instance finds it. */
export function threadNotesIn(state: StateManager, log: Logger): ThreadNotes {
  return {
    async recall(ctx, id) {
      const [narrowing, talk] = await Promise.all([
        recalled(state, ctx, NARROWING, id),
        recalled(state, ctx, TALK, id),
      ]);
      return { settled: { ...narrowing.settled, ...talk.settled }, isWhole: narrowing.isWhole && talk.isWhole };
    },
    async settle(ctx, id, { period, measures, by, ...narrowing }) {
      await kept(state.put(ctx, NARROWING, { id }, narrowing), log);
      const talk = { ...(period && { period }), ...(measures && { measures }), ...(by && { by }) };
      await kept(state.put(ctx, TALK, { id }, talk), log);
    },
  };
}

async function recalled(
  state: StateManager,
  ctx: TenantContext,
  kind: StateKind<ConversationFilter>,
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
