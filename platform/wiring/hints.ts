import type { WakeBus, WakeMessage } from '../../ssot/agent-registry';
import { readId } from '../../ssot/id-manager';
import type { Json } from '../../ssot/kernel';
import type { StateManager } from '../../ssot/state-manager';
import type { ThreadHeadBus } from '../../ssot/websocket-manager';

const RUNS = { platform: 'runs' } as const;

/** Word between instances over Redis: hints that something is new, never what. */
export function threadHeadsOver(state: StateManager): ThreadHeadBus {
  return {
    publish: (ctx, threadId, head) => state.hint({ ctx, scope: 'thread', id: threadId }, head),
    subscribe: (ctx, threadId, on) =>
      state.onHint({ ctx, scope: 'thread', id: threadId }, (note) => on(typeof note === 'number' ? note : null)),
  };
}

export function wakeOver(state: StateManager): WakeBus {
  return {
    publish: (message) => state.hint(RUNS, { ...message }),
    subscribe: (on) => state.onHint(RUNS, (note) => on(wakeMessage(note))),
  };
}

/** Whatever is not understood is a reason to look. */
function wakeMessage(note: Json | 'some_may_be_missing'): WakeMessage {
  const { stop } = Object(note) as { stop?: Json };
  const read = readId('run', stop);
  return read.ok ? { stop: read.value } : {};
}
