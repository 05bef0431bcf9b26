import fc from 'fast-check';
import { PlatformError, type CallId, type RunId, type ThreadId } from '../ssot/kernel';
import type { Agents } from './agents';
import type { Person } from './person';

const WHOSE = ['own', "the other's"] as const;
const DEEDS = ['ask', 'read', 'stop', 'fetch', 'list'] as const;
type Attempt = readonly [(typeof DEEDS)[number], (typeof WHOSE)[number]];

/** Somebody who does whatever an asker can do, with names of his own and with another customer's, in any order. */
export class AgentMeddlers {
  /** What changed for the other customer, or was answered with something of theirs; empty when all is well. */
  readonly problems: string[] = [];
  #attempts = 0;

  constructor(private readonly agents: Agents) {}

  async meddle(person: Pick<Person, 'name'>, other: Pick<Person, 'name'>, times: number): Promise<void> {
    const theirs = { threadId: await this.agents.thread(other), runId: this.agents.latest.runId };
    const before = await this.#observed(other, theirs.runId);
    const own = { threadId: await this.agents.thread(person), runId: (await this.agents.ask(person, 'Costs?')).runId };
    const attempts = fc.array(fc.tuple(fc.constantFrom(...DEEDS), fc.constantFrom(...WHOSE)), {
      minLength: 8,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(attempts, async (sequence) => {
        for (const attempt of sequence) await this.#try(person, attempt, attempt[1] === 'own' ? own : theirs);
        const now = await this.#observed(other, theirs.runId);
        if (now !== before) this.problems.push(`${sequence.join(' ')}: ${now} instead of ${before}`);
      }),
      { numRuns: times },
    );
  }

  async #try(
    person: Pick<Person, 'name'>,
    [deed, whose]: Attempt,
    { threadId, runId }: { threadId: ThreadId; runId: RunId },
  ): Promise<void> {
    const runs = await this.agents.instance();
    const ctx = this.agents.contextOf(person);
    const doIt = {
      ask: () =>
        runs.submit(ctx, { threadId, clientMessageId: `attempt-${++this.#attempts}`, text: 'What does it cost?' }),
      read: () => runs.get(ctx, runId),
      stop: () => runs.cancel(ctx, runId),
      fetch: () => runs.result(ctx, runId, 'call_01m813dzb7e07rnws8tmrd8jfy' as CallId),
      list: () => runs.listPublished(ctx),
    }[deed];
    try {
      await doIt();
      if (whose !== 'own' && deed !== 'list') this.problems.push(`${deed} of ${whose} was answered`);
    } catch (refusal) {
      if (!(refusal instanceof PlatformError)) throw refusal;
    }
  }

  /** All that the customer can see of a run. */
  async #observed(person: Pick<Person, 'name'>, runId: RunId): Promise<string> {
    const run = await (await this.agents.instance()).get(this.agents.contextOf(person), runId);
    return JSON.stringify([await this.agents.storyOf(person), run]);
  }
}
