import type { CallId, EventDraft, RunId, ThreadId } from '../../../kernel';

/** How far the events of a run have come. They begin with the question, and nothing comes after the ending. */
export interface RunSequence {
  readonly runId: RunId;
  readonly threadId: ThreadId;
  readonly phase: 'initial' | 'asked' | 'started' | 'ended';
  readonly openCalls: readonly CallId[];
}

export type SequenceViolationReason =
  | 'other_run'
  | 'asked_twice'
  | 'not_asked'
  | 'not_started'
  | 'started_twice'
  | 'call_repeated'
  | 'call_unknown'
  | 'call_open'
  | 'ended';
export interface SequenceViolation {
  readonly reason: SequenceViolationReason;
  readonly message: string;
}

export function initialSequence(runId: RunId, threadId: ThreadId): RunSequence {
  return { runId, threadId, phase: 'initial', openCalls: [] };
}

/** The grammar of a run: the sequence with this event, or why the event does not fit. */
export function nextInSequence(sequence: RunSequence, event: EventDraft): RunSequence | SequenceViolation {
  if (event.runId !== sequence.runId) return violation('other_run', 'The event belongs to another run.');
  if (sequence.phase === 'ended')
    return violation('ended', 'The run has ended; nothing can be added after its ending.');
  if (event.type === 'user_message') {
    if (sequence.phase !== 'initial') return violation('asked_twice', 'The run has its question already.');
    return { ...sequence, phase: 'asked' };
  }
  if (sequence.phase === 'initial') return violation('not_asked', 'A run begins with its question.');
  if (event.type === 'agent_started') {
    if (sequence.phase !== 'asked') return violation('started_twice', 'The run has started already.');
    return { ...sequence, phase: 'started' };
  }
  // A run that is stopped or given up while it waits has its ending alone.
  const endsWaiting = event.type === 'agent_failed' || event.type === 'agent_cancelled';
  if (sequence.phase === 'asked' && !endsWaiting) return violation('not_started', 'The run has not started.');
  switch (event.type) {
    case 'agent_thinking':
      return sequence;
    case 'tool_executing':
      if (sequence.openCalls.includes(event.data.callId))
        return violation('call_repeated', 'This tool call is under way.');
      return { ...sequence, openCalls: [...sequence.openCalls, event.data.callId] };
    case 'tool_completed':
      if (!sequence.openCalls.includes(event.data.callId))
        return violation('call_unknown', 'No such tool call is open.');
      return { ...sequence, openCalls: sequence.openCalls.filter((call) => call !== event.data.callId) };
    case 'agent_completed':
    case 'agent_failed':
    case 'agent_cancelled':
      if (sequence.openCalls.length > 0) return violation('call_open', 'A tool call is still open.');
      return { ...sequence, phase: 'ended' };
  }
}

function violation(broken: SequenceViolationReason, message: string): SequenceViolation {
  return { reason: broken, message };
}
