import { deepEqual, equal } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MISBEHAVIOURS, withReplaced } from '../../../../support/module-tests/agent-registry/misbehaving-agents';
import { QUESTION, RegistryTest } from '../../../../support/module-tests/agent-registry/registry-test';
import type { Moment } from '../../../../support/module-tests/agent-registry/test-instances';
import type { UserName } from '../../../../support/module-tests/agent-registry/test-users';
import { toolCallsIn, transcriptOf } from '../../../../support/module-tests/agent-registry/transcript';
import { disorderIn, isEnding } from '../../../../world/clients/event-order';
import type { RunId } from '../../../kernel';
import { SPECIALISTS } from '../../steps/specialists';

const MISSING =
  'No usage is recorded for this period. Send your AI calls to POST /v1/usage, or ask about another period.';
const FROM_OPTIMISATION = [
  'optimisation: Looking for failed, repeated, batchable, cacheable and oversized calls.',
  'optimisation asks find_savings',
  'optimisation hears from find_savings: ok',
  'optimisation: Nothing saves as much as one hundredth of the spend.',
  'action-planning: There is nothing to plan.',
  'reporting: Writing the report: 0 findings, no saving.',
  'reporting answers',
];

/** Dana's run has lost its instance; what was told by then is not looked at again. */
class Lost {
  #told = 0;
  constructor(private readonly t: RegistryTest) {}

  /** While the optimisation was at work, for the time after so many. */
  async inOptimisation(times = 1): Promise<this> {
    await this.t.hold('optimisation', 'Dana');
    for (let lost = 1; lost < times; lost++) {
      await this.#lapse();
      await this.t.reach('optimisation', () => this.t.instances.another());
    }
    await this.#lapse();
    this.t.setup.agents = SPECIALISTS;
    return this;
  }

  async whileReading(): Promise<this> {
    const { usage } = this.t;
    usage.isHanging = true;
    await this.t.askAndReach('Dana');
    await this.#lapse();
    usage.isHanging = false;
    return this;
  }

  async toldSince(): Promise<readonly string[]> {
    return transcriptOf(await this.t.ended('Dana')).slice(this.#told);
  }

  async #lapse(): Promise<void> {
    await this.t.table.setLease(this.t.latest);
    this.#told = (await this.t.events('Dana')).length;
  }
}

const claimedAfterInterruption = 'agent_runs_claimed_total {"after":"interruption"}';

/** The first instance drops what it holds, and changes nothing. */
async function drops(t: RegistryTest): Promise<void> {
  await t.observer.counted('agent_runs_concluded_total {"conclusion":"dropped"}', 1);
  const events = await t.events('Dana');
  equal(events.filter(isEnding).length, 1);
  equal(events.findIndex(isEnding), events.length - 1);
}

function toolsOf(events: Parameters<typeof toolCallsIn>[0]): string {
  return toolCallsIn(events)
    .map(({ tool, outcome }) => (outcome === 'ok' ? tool : `${tool} ${outcome}`))
    .join(', ');
}

/** The first instance is killed at this moment; when its lease has lapsed, another polls. */
async function killAt(t: RegistryTest, user: UserName, moment: Moment, skip: number): Promise<void> {
  await t.instance();
  t.instances.killAt('one', moment, skip);
  await t.ask(user);
  await t.observer.until(() => t.instances.isKilled('one') || 'the first instance is not killed yet');
  if (moment !== 'claim') await t.table.setLease(t.latest);
  await t.instances.another();
}

describe('a run whose instance is lost', () => {
  test('AG-11 goes on behind the last finished step, and repeats nothing', async () => {
    await using t = new RegistryTest();
    const lost = await new Lost(t).inOptimisation();
    await t.instances.another();
    deepEqual(await lost.toldSince(), [
      'optimisation: Going on after an interruption, behind the last finished step.',
      ...FROM_OPTIMISATION,
    ]);
    await t.endsOnce('Dana', 'completed');
    await t.observer.counted(claimedAfterInterruption, 1);
  });

  test('AG-11 closes its open call as interrupted, and reads again in a new one', async () => {
    await using t = new RegistryTest();
    const lost = await new Lost(t).whileReading();
    await t.instances.another();
    deepEqual(await lost.toldSince(), [
      'triage hears from usage_coverage: interrupted',
      'triage: Going on after an interruption, behind the last finished step.',
      'triage: Looking for usage from 2025-08-11 09:00 to 2025-09-10 09:00 UTC.',
      'triage asks usage_coverage',
      'triage hears from usage_coverage: ok',
      'triage: 0 calls on 0 days: the data is judged insufficient.',
      `reporting: Saying what is missing: ${MISSING}`,
      'reporting answers',
    ]);
  });

  test('AG-11 is claimed by one of two instances that find it', async () => {
    await using t = new RegistryTest();
    await new Lost(t).inOptimisation();
    await Promise.all([t.instances.another(), t.instances.another()]);
    await t.endsOnce('Dana', 'completed');
    await t.observer.counted(claimedAfterInterruption, 1);
  });

  test('AG-11 for the second time is answered', async () => {
    await using t = new RegistryTest();
    await new Lost(t).inOptimisation(2);
    await t.instances.another();
    await t.endsOnce('Dana', 'completed');
  });

  test('AG-11 for the third time is ended as failed', async () => {
    await using t = new RegistryTest();
    await new Lost(t).inOptimisation(3);
    await t.instances.another();
    const message = 'This question was interrupted three times. Ask it again.';
    await t.endsOnce('Dana', 'failed', { code: 'run_interrupted', message, retryable: false });
  });

  test('AG-11 starts over, in the same sequence, when a release cannot read what was saved', async () => {
    await using t = new RegistryTest();
    const lost = await new Lost(t).inOptimisation();
    t.setup.snapshotShape += 1;
    await t.instances.another();
    deepEqual(await lost.toldSince(), [
      'triage: Starting over: what was found before the interruption can no longer be read.',
      'triage: Looking for usage from 2025-08-11 09:00 to 2025-09-10 09:00 UTC.',
      'triage asks usage_coverage',
      'triage hears from usage_coverage: ok',
      'triage: 1,500 calls on 7 days: the data is judged sufficient.',
      'data: Adding up calls and cost by provider and model.',
      'data asks usage_summary',
      'data hears from usage_summary: ok',
      'data asks price_list',
      'data hears from price_list: ok',
      'data: 1,500 calls to 1 model cost 2,000.00 USD by the list list-1.',
      ...FROM_OPTIMISATION,
    ]);
    await t.endsOnce('Dana', 'completed');
  });

  for (const [what, moment, skip, tools] of [
    ['while the question waits', 'claim', 0, 'usage_coverage, usage_summary, price_list, find_savings'],
    ['before the first step', 'agent_started', 0, 'usage_coverage, usage_summary, price_list, find_savings'],
    [
      "between a tool's start and its result",
      'tool_completed',
      0,
      'usage_coverage interrupted, usage_coverage, usage_summary, price_list, find_savings',
    ],
    [
      // The result of a step's last tool is stored together with the step.
      'between two steps',
      'save',
      1,
      'usage_coverage, usage_summary, price_list interrupted, usage_summary, price_list, find_savings',
    ],
    [
      'after the report, before the ending',
      'agent_completed',
      0,
      'usage_coverage, usage_summary, price_list, find_savings',
    ],
  ] as const) {
    test(`AG-11 reaches one ending and repeats no finished step, killed ${what}`, async () => {
      await using t = new RegistryTest();
      t.usage.recordEnough();
      await killAt(t, 'Dana', moment, skip);
      const events = await t.endsOnce('Dana', 'completed');
      deepEqual(disorderIn(events), []);
      equal(toolsOf(events), tools);
    });
  }

  test('AG-11 counts the tools that were called before among its 50', async () => {
    await using t = new RegistryTest();
    t.setup.agents = withReplaced('triage', {
      create: MISBEHAVIOURS['calls tools without end'],
      tools: ['price_list'],
    });
    await killAt(t, 'Dana', 'tool_completed', 29);
    const events = await t.endsOnce('Dana', 'failed', { code: 'tool_call_limit' });
    const outcomes = toolCallsIn(events).map(({ outcome }) => outcome);
    equal(outcomes.length, 50);
    deepEqual(
      outcomes.filter((outcome) => outcome !== 'ok'),
      ['interrupted'],
    );
  });

  for (const [ms, isOver] of [
    [999, false],
    [1_000, true],
  ] as const) {
    test(`AG-11 is ${isOver ? 'over' : 'read on'} when ${119_000 + ms} of 120,000 ms have passed since its start`, async () => {
      await using t = new RegistryTest();
      await new Lost(t).inOptimisation();
      const before = t.usage.asked.length;
      await t.table.setStartedAt(t.latest, t.clock.now() - 119_000);
      t.usage.isHanging = true;
      t.usage.onAsked = () => t.observer.wake();
      await t.instances.another();
      await t.observer.until(() => t.usage.asked.length > before || 'nothing is read yet');
      t.clock.advance(ms);
      if (isOver) await t.endsOnce('Dana', 'failed', { code: 'run_timeout' });
      else equal(t.usage.aborted, 0);
    });
  }

  for (const [what, lose, readings, told] of [
    ['between tools', 'inOptimisation', 3, ['triage fails: user_removed']],
    [
      'during a tool',
      'whileReading',
      1,
      ['triage hears from usage_coverage: interrupted', 'triage fails: user_removed'],
    ],
  ] as const) {
    test(`AG-12 and whose user was removed ends, and nothing is read: ${what}`, async () => {
      await using t = new RegistryTest();
      const lost = await new Lost(t)[lose]();
      t.users.remove('Dana');
      await t.instances.another();
      deepEqual(await lost.toldSince(), told);
      const message = 'Whoever asked this may ask no more. Nothing was read after that.';
      await t.endsOnce('Dana', 'failed', { code: 'user_removed', message, retryable: false });
      equal(t.usage.asked.length, readings);
    });
  }
});

test('AG-12 a question whose asker may ask no more when its turn comes ends, and nothing is read', async () => {
  await using t = new RegistryTest();
  (await t.instance('one')).stopClaiming();
  await t.ask('Dana', QUESTION, { instance: 'one' });
  t.users.user('Dana').permissions.delete('chat:use');
  await t.instances.another();
  await t.endsOnce('Dana', 'failed', { code: 'user_removed', retryable: false });
  deepEqual(t.usage.asked, []);
});

test('AG-11 a run during which PostgreSQL restarts is dropped, and goes on behind its last finished step', async () => {
  await using t = new RegistryTest();
  await t.hold('optimisation', 'Dana');
  const told = (await t.events('Dana')).length;
  t.instances.isRestarting = true;
  t.resume();
  await t.observer.counted('agent_runs_concluded_total {"conclusion":"dropped"}', 1);
  t.instances.isRestarting = false;
  await t.table.setLease(t.latest);
  t.clock.advance(5_000);
  const events = await t.endsOnce('Dana', 'completed');
  deepEqual(transcriptOf(events).slice(told), [
    'optimisation: Going on after an interruption, behind the last finished step.',
    ...FROM_OPTIMISATION,
  ]);
  equal(toolsOf(events), 'usage_coverage, usage_summary, price_list, find_savings');
});

describe('an instance that has lost a run', () => {
  test('AG-11 is refused every write while another works on it', async () => {
    await using t = new RegistryTest();
    const wakeUp = await t.hold('optimisation', 'Dana');
    await t.table.setLease(t.latest);
    const goOn = await t.reach('optimisation', () => t.instances.another());
    const before = transcriptOf(await t.events('Dana'));
    wakeUp();
    await t.observer.counted('agent_runs_concluded_total {"conclusion":"dropped"}', 1);
    deepEqual(transcriptOf(await t.events('Dana')), before);
    goOn();
    await t.endsOnce('Dana', 'completed');
  });

  test('AG-11 is refused every write when it wakes up', async () => {
    await using t = new RegistryTest();
    await new Lost(t).inOptimisation();
    await t.instances.another();
    await t.ended('Dana');
    t.resume();
    await drops(t);
  });

  test('AG-11 drops it as it finds its lease lost, within 5 seconds', async () => {
    await using t = new RegistryTest();
    await new Lost(t).inOptimisation();
    await t.instances.another();
    await t.ended('Dana');
    t.clock.advance(5_000);
    await drops(t);
  });

  test('AG-11 that takes its own run up again itself counts it as long as it is at work', async () => {
    await using t = new RegistryTest();
    const two = await t.instance('two');
    await two.drain(AbortSignal.abort());
    await t.hold('optimisation', 'Dana');
    const { runId } = t.accepted.at(-1) as { runId: RunId };
    await t.table.setLease(runId);
    // Whoever is told that there is something to do looks at once.
    await t.ask('Dana', 'And the last week?', { instance: 'two' });
    await t.observer.counted(claimedAfterInterruption, 1);
    t.clock.advance(5_000);
    await t.observer.counted('agent_runs_concluded_total {"conclusion":"dropped"}', 1);
    const one = await t.instance('one');
    await new Promise(setImmediate);
    equal(one.health().running, 1);
    deepEqual(await one.drain(AbortSignal.abort()), { finished: 0, handedOver: 1 });
    equal(await t.table.stateOf(runId), 'interrupted');
  });
});
