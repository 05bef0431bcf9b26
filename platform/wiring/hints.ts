import type { WakeBus, WakeNote } from '../../ssot/agent-registry';
import { readId } from '../../ssot/id-manager';
import type { Json } from '../../ssot/kernel';
import type { StateManager } from '../../ssot/state-manager';
import type { FanoutBus } from '../../ssot/websocket-manager';

const RUNS = { platform: 'runs' } as const;

/** Word between instances over Redis: hints that something is new, never what. */
export function fanoutOver(state: StateManager): FanoutBus {
  return {
    publish: (ctx, threadId, head) => state.hint({ ctx, scope: 'thread', id: threadId }, head),
    follow: (ctx, threadId, on) =>
      state.onHint({ ctx, scope: 'thread', id: threadId }, (note) => on(typeof note === 'number' ? note : null)),
  };
}

export function wakeOver(state: StateManager): WakeBus {
  return {
    wake: (note) => state.hint(RUNS, note.is === 'stop' ? { is: note.is, runId: note.runId } : { is: note.is }),
    onWake: (on) => state.onHint(RUNS, (note) => on(wakeNote(note))),
  };
}

/** Whatever is not understood is a reason to look. */
function wakeNote(note: Json | 'some_may_be_missing'): WakeNote {
  if (typeof note !== 'object' || note === null || Array.isArray(note)) return { is: 'look' };
  const { is, runId } = note as { is?: Json; runId?: Json };
  const read = readId('run', runId);
  return is === 'stop' && read.ok ? { is: 'stop', runId: read.value } : { is: 'look' };
}
