import { randomUUID } from 'node:crypto';
import type { UsageEvent } from '../../../ssot/analytics';
import { eventually } from '../../eventually';
import type { Problem } from '../../clients/http-client';
import type { Person } from '../../actors/person';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Figures are of a moment two seconds back; the rest is a slow machine. */
const PATIENCE_MS = 15_000;

type Written = Readonly<Record<string, unknown>>;

/** Makes one call of a report faulty. */
export const USAGE_FAULTS: Readonly<Record<string, (call: UsageEvent) => Written>> = {
  'names no model': ({ model: _, ...rest }) => rest,
  'has used -1 tokens': (call) => ({ ...call, inputTokens: -1 }),
  'is dated 6 minutes ahead': (call) => ({ ...call, at: new Date(Date.now() + 6 * MINUTE_MS).toISOString() }),
  'is dated 14 months back': (call) => ({ ...call, at: new Date(Date.now() - 430 * DAY_MS).toISOString() }),
  'has a field named "extra"': (call) => ({ ...call, extra: 'yes' }),
};

/** What a customer's program reports of the calls it has made, and what it is answered. */
export class UsageReports {
  recorded: number | null = null;
  repeated: number | null = null;
  refusal: Problem | null = null;
  #last: readonly Written[] = [];

  async report(person: Person, count: number, fault?: (call: UsageEvent) => Written): Promise<void> {
    const calls = Array.from({ length: count }, () => aCall());
    await this.#send(
      person,
      calls.map((call, index) => (fault && index === 1 ? fault(call) : { ...call })),
    );
  }

  async repeat(person: Person): Promise<void> {
    await this.#send(person, this.#last);
  }

  /** How many calls the figures of this person's company show, as soon as they show as many. */
  async shown(person: Person, expected: number): Promise<number> {
    const http = await person.http();
    const from = new Date(Date.now() - 2 * DAY_MS).toISOString();
    return eventually(async () => {
      const to = new Date(Date.now() + MINUTE_MS).toISOString();
      const { calls } = await http.require<{ calls: number }>('get', `/v1/usage/coverage?from=${from}&to=${to}`);
      if (calls < expected) throw new Error(`${calls} of ${expected} calls are shown`);
      return calls;
    }, PATIENCE_MS);
  }

  async #send(person: Person, events: readonly Written[]): Promise<void> {
    this.#last = events;
    const http = await person.http();
    const { status, body } = await http.send<Problem & { recorded: number; repeated: number }>('post', '/v1/usage', {
      events,
    });
    this.refusal = status === 200 ? null : body;
    this.recorded = status === 200 ? body.recorded : null;
    this.repeated = status === 200 ? body.repeated : null;
  }
}

const aCall = (): UsageEvent => ({
  eventId: randomUUID(),
  at: new Date(Date.now() - MINUTE_MS).toISOString(),
  provider: 'openai',
  model: 'gpt-4o',
  feature: 'search',
  status: 'completed',
  inputTokens: 1_000,
  cachedInputTokens: 0,
  outputTokens: 100,
  latencyMs: 400,
  background: false,
});
