import { isDeepStrictEqual } from 'node:util';
import {
  conversationFilter,
  type ConversationFilter,
  type RememberedFilter,
  type ConversationMemory,
} from '../../ssot/agent-registry';
import type { Logger, TenantContext, ThreadId } from '../../ssot/kernel';
import { defineState, StateError, type StateKind, type StateManager } from '../../ssot/state-manager';

/** What a thread was narrowed to: promised to last. */
const NARROWING = defineState({
  name: 'thread-narrowing',
  scope: 'thread',
  durability: 'durable',
  lifetimeMs: 2_592_000_000,
  schema: conversationFilter.pick({ models: true, providers: true, features: true, people: true }),
});
/** The period and the figures it speaks about: a day's talk, and the first things to be said anew. */
const TALK = defineState({
  name: 'thread-talk',
  scope: 'thread',
  schema: conversationFilter.pick({ period: true, measures: true, by: true }),
});

/** What a thread is narrowed to, as working state of the user it belongs to, where every instance finds it. */
export function conversationMemoryIn(state: StateManager, log: Logger): ConversationMemory {
  return {
    async load(ctx, id) {
      const [narrowing, talk] = await Promise.all([
        loadFilter(state, ctx, NARROWING, id),
        loadFilter(state, ctx, TALK, id),
      ]);
      return { filter: { ...narrowing.filter, ...talk.filter }, isComplete: narrowing.isComplete && talk.isComplete };
    },
    async save(ctx, id, filter, before) {
      const [was, is] = [partsOf(before.filter), partsOf(filter)];
      const hasChanged = (part: keyof typeof is): boolean =>
        !before.isComplete || !isDeepStrictEqual(is[part], was[part]);
      if (hasChanged('narrowing')) await trySave(state.put(ctx, NARROWING, { id }, is.narrowing), log);
      if (hasChanged('talk')) await trySave(state.put(ctx, TALK, { id }, is.talk), log);
    },
  };
}

/** Without what is not said. */
function partsOf({ period, measures, by, ...narrowing }: ConversationFilter) {
  return { narrowing, talk: { ...(period && { period }), ...(measures && { measures }), ...(by && { by }) } };
}

async function loadFilter(
  state: StateManager,
  ctx: TenantContext,
  kind: StateKind<ConversationFilter>,
  id: ThreadId,
): Promise<RememberedFilter> {
  try {
    return { filter: (await state.get(ctx, kind, { id }))?.value ?? {}, isComplete: true };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    // The answer says that it does not know.
    return { filter: {}, isComplete: false };
  }
}

/** The answer in hand does not depend on it: the next one starts afresh, and says what it goes by. */
async function trySave(write: Promise<unknown>, log: Logger): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    log.warn({ code: error.code }, 'the filter of a conversation could not be saved');
  }
}
