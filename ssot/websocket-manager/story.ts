import type { CallId, EventDraft, RunId, ThreadId } from '../kernel';

/** How far a run is told. It begins with the question, and nothing comes after its ending. */
export interface Story {
  readonly runId: RunId;
  readonly threadId: ThreadId;
  readonly phase: 'untold' | 'asked' | 'started' | 'ended';
  readonly openCalls: readonly CallId[];
}

export type StoryBreak =
  | 'other_run'
  | 'asked_twice'
  | 'not_asked'
  | 'not_started'
  | 'started_twice'
  | 'call_repeated'
  | 'call_unknown'
  | 'call_open'
  | 'ended';
export interface StoryError {
  readonly broken: StoryBreak;
  readonly message: string;
}

export function untold(runId: RunId, threadId: ThreadId): Story {
  return { runId, threadId, phase: 'untold', openCalls: [] };
}

/** The grammar of a run: the story with this event, or why the event does not fit. */
export function storyNext(story: Story, event: EventDraft): Story | StoryError {
  if (event.runId !== story.runId) return refuse('other_run', 'The event belongs to another run.');
  if (story.phase === 'ended') return refuse('ended', 'The run has ended; nothing can be told after its ending.');
  if (event.type === 'user_message') {
    if (story.phase !== 'untold') return refuse('asked_twice', 'The run has its question already.');
    return { ...story, phase: 'asked' };
  }
  if (story.phase === 'untold') return refuse('not_asked', 'A run begins with its question.');
  if (event.type === 'agent_started') {
    if (story.phase !== 'asked') return refuse('started_twice', 'The run has started already.');
    return { ...story, phase: 'started' };
  }
  // A run that is stopped or given up while it waits has its ending alone.
  const endsWaiting = event.type === 'agent_failed' || event.type === 'agent_cancelled';
  if (story.phase === 'asked' && !endsWaiting) return refuse('not_started', 'The run has not started.');
  switch (event.type) {
    case 'agent_thinking':
      return story;
    case 'tool_executing':
      if (story.openCalls.includes(event.data.callId)) return refuse('call_repeated', 'This tool call is under way.');
      return { ...story, openCalls: [...story.openCalls, event.data.callId] };
    case 'tool_completed':
      if (!story.openCalls.includes(event.data.callId)) return refuse('call_unknown', 'No such tool call is open.');
      return { ...story, openCalls: story.openCalls.filter((call) => call !== event.data.callId) };
    case 'agent_completed':
    case 'agent_failed':
    case 'agent_cancelled':
      if (story.openCalls.length > 0) return refuse('call_open', 'A tool call is still open.');
      return { ...story, phase: 'ended' };
  }
}

function refuse(broken: StoryBreak, message: string): StoryError {
  return { broken, message };
}
