import type { RunId, ThreadEvent } from '../../ssot/kernel';

/** The wire contract's promises about one thread's story, checked from what a device received, without the platform's code. */

const ENDINGS = ['agent_completed', 'agent_failed', 'agent_cancelled'];

export function isEnding(event: ThreadEvent): boolean {
  return ENDINGS.includes(event.type);
}

export function endingOf(story: readonly ThreadEvent[], runId?: RunId | null): ThreadEvent | undefined {
  return story.find((event) => isEnding(event) && (runId == null || event.runId === runId));
}

/** Everything that is wrong with the numbers of a story: empty when it starts at `from` and each number follows its predecessor. */
export function gapsIn(story: readonly ThreadEvent[], from = 1): readonly string[] {
  return story.flatMap((event, place) =>
    event.seq === from + place ? [] : [`place ${place + 1} holds number ${event.seq} instead of ${from + place}`],
  );
}

/**
 * Everything that is wrong with the order in which one run was told: first the question, then the start, then thoughts
 * and tools, each tool before its result, and exactly one ending after which nothing comes.
 */
export function disorderIn(story: readonly ThreadEvent[]): readonly string[] {
  const problems: string[] = [];
  const types = story.map((event) => event.type);
  if (types[0] !== 'user_message') problems.push(`it begins with ${types[0]} instead of the question`);
  if (types[1] !== 'agent_started') problems.push(`the question is followed by ${types[1]} instead of the start`);
  if (!types.includes('agent_thinking')) problems.push('no thought is told');
  if (types.filter((type) => ENDINGS.includes(type)).length !== 1) problems.push('it has not exactly one ending');
  if (!ENDINGS.includes(types.at(-1) ?? '')) problems.push('something is told after its ending');
  const open = new Set<string>();
  for (const event of story) {
    if (event.type === 'tool_executing') open.add(event.data.callId);
    if (event.type === 'tool_completed' && !open.delete(event.data.callId)) {
      problems.push(`tool call ${event.data.callId} ends without having begun`);
    }
    if (isEnding(event) && open.size > 0) problems.push('it ends with a tool call still open');
  }
  if (!types.includes('tool_executing')) problems.push('no tool is shown');
  return problems;
}

/** Tool calls that were begun and never ended. */
export function openCallsIn(story: readonly ThreadEvent[]): readonly string[] {
  const ended = new Set(story.flatMap((event) => (event.type === 'tool_completed' ? [event.data.callId] : [])));
  const begun = story.flatMap((event) => (event.type === 'tool_executing' ? [event.data.callId] : []));
  return begun.filter((callId) => !ended.has(callId));
}

/** The specialists in the order in which they first say something. */
export function specialistsIn(story: readonly ThreadEvent[]): readonly string[] {
  return [...new Set(story.filter((event) => event.type === 'agent_thinking').map((event) => String(event.agent)))];
}

export function latestRunOf(story: readonly ThreadEvent[], runId: RunId | null): readonly ThreadEvent[] {
  return story.filter((event) => event.runId === runId);
}
