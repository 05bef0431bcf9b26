import type { CallId, RunId, ThreadId } from '../../../ssot/kernel';
import type { Person } from '../../actors/person';
import type { Problem } from '../../clients/http-client';
import type { Connections } from '../../stores/connections';

/** A thread, its latest run and the first call of a tool. */
export interface ThreadIds {
  readonly threadId: ThreadId;
  readonly runId: RunId;
  readonly callId: CallId;
}

/** Of the thread of their latest run, which a device of theirs shows. */
export function idsOf(person: Person, title: string): ThreadIds {
  const called = person
    .anyDevice()
    .story()
    .find(({ type }) => type === 'tool_executing');
  if (person.latestRun === null || called?.type !== 'tool_executing') throw new Error('no tool was called');
  return { threadId: person.thread(title), runId: person.latestRun, callId: called.data.callId };
}

export function idsOfNothing({ ids }: Connections): ThreadIds {
  return { threadId: ids.next('thread'), runId: ids.next('run'), callId: ids.next('call') };
}

/** What somebody is answered at every address that names a thread, without the ids. */
export async function answersTo(
  person: Person,
  { threadId, runId, callId }: ThreadIds,
  clientMessageId = 'again',
): Promise<readonly string[]> {
  const http = await person.http();
  const thread = `/v1/threads/${threadId}`;
  const run = `/v1/runs/${runId}`;
  const asked = [
    ['get', thread],
    ['get', `${thread}/events`],
    ['patch', thread, { title: 'Q4 spend' }],
    ['post', `${thread}/messages`, { clientMessageId, text: 'Where does our money go?' }],
    ['delete', thread],
    ['get', run],
    ['get', `${run}/calls/${callId}`],
    ['post', `${run}/cancel`],
    ['post', `${run}/publication`],
    ['delete', `${run}/publication`],
    ['get', `/v1/reports?threadId=${threadId}`],
    ['get', `/v1/threads?before=${threadId}`],
  ] as const;
  const answers: string[] = [];
  for (const [method, path, body] of asked) {
    const answer = await http.send<Partial<Problem>>(method, path, body);
    const { code = JSON.stringify(answer.body), detail = '' } = answer.body;
    answers.push(`${method} ${path.replaceAll(/[a-z]+_[0-9a-z]{26}/g, '…')}: ${answer.status} ${code} ${detail}`);
  }
  return answers;
}

/** What somebody is answered who has learnt every id of another person's thread. */
export class ForeignThread {
  /** With these ids, and with ids that never were. */
  answers: { readonly known: readonly string[]; readonly neverThere: readonly string[] } = {
    known: [],
    neverThere: [],
  };

  constructor(private readonly connections: Connections) {}

  /** Asks in it under the id of its owner's latest message, too. */
  async tryAll(person: Person, owner: Person, title: string): Promise<void> {
    const asked = owner
      .anyDevice()
      .story()
      .findLast(({ type }) => type === 'user_message');
    if (asked?.type !== 'user_message') throw new Error('nothing was asked');
    const { clientMessageId } = asked.data;
    this.answers = {
      known: await answersTo(person, idsOf(owner, title), clientMessageId),
      neverThere: await answersTo(person, idsOfNothing(this.connections), clientMessageId),
    };
  }
}
