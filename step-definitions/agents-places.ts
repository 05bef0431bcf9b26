import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';
import type { Tenant } from '../world/tenant';

const BOTH = ['one', 'two'];
const QUESTION = 'Where does our money go?';

Given('every answer is held up', function (this: RevenueWorld) {
  this.agents.crowd.hold();
});

Given(
  '{count} person/people of {tenant} has/have asked',
  async function (this: RevenueWorld, count: number, { name }: Tenant) {
    await this.agents.crowd.ask(name, count, ['one']);
  },
);

Given(
  '{count} people of {tenant} have asked the first instance, {count} are worked on and {count} wait(s)',
  async function (this: RevenueWorld, count: number, { name }: Tenant, working: number, waiting: number) {
    await this.agents.crowd.ask(name, count, ['one']);
    await this.agents.scenes.companyHas(name, { running: working, queued: waiting });
  },
);

Given('{person} has asked in {count} thread(s)', async function (this: RevenueWorld, person: Person, count: number) {
  for (let i = 0; i < count; i++) await this.agents.ask(person, QUESTION, { title: `Thread ${i}` });
});

Given('the waiting question was asked {duration} ago', function (this: RevenueWorld, ms: number) {
  return this.agents.stored.letWait(ms);
});

When(
  '{count} people of {tenant} ask at one instant, through two instances',
  async function (this: RevenueWorld, count: number, { name }: Tenant) {
    await this.agents.crowd.ask(name, count, BOTH);
  },
);

When(
  /^Leo from Birch asks the agents, and (one of Acme's questions is answered|another instance is there)$/,
  async function (this: RevenueWorld, next: string) {
    await this.agents.ask(this.cast.named('Leo'), QUESTION);
    if (next.startsWith('one')) await this.agents.crowd.letOneGo();
    else await this.agents.scenes.startAnother();
  },
);

When(
  "{person} asks and, while his question is being taken, {person} asks and one of Acme's is answered",
  function (this: RevenueWorld, first: Person, next: Person) {
    return this.agents.scenes.askBehindTheLastPlace(first, next);
  },
);

Given('each of {int} companies has usage of its own', function (this: RevenueWorld, companies: number) {
  this.agents.crowd.bringUsageOfMany(companies);
});

When(
  '{int} people of each of the {int} companies ask at one instant, through two instances',
  async function (this: RevenueWorld, each: number, companies: number) {
    await this.agents.crowd.askOfMany(companies, each, BOTH);
  },
);

Then(
  "each of the {int} companies has {int} answers about its own usage, and nobody else's",
  async function (this: RevenueWorld, companies: number, answers: number) {
    const { people, stored } = this.agents;
    const own = (_: unknown, company: number) => {
      return { tenantId: people.oneOfMany(company, 0).tenantId, answers, calls: 100 + company };
    };
    expect(await stored.answers()).to.deep.equal(Array.from({ length: companies }, own));
  },
);

Given('two instances that do not hear of each other', async function (this: RevenueWorld) {
  this.agents.instances.isWordLost = true;
  for (const instance of BOTH) await this.agents.instance(instance);
});

When(
  'the first instance stops, and {person} asks the other, which has not looked since',
  async function (this: RevenueWorld, person: Person) {
    await this.agents.crowd.reached(this.agents.accepted.length);
    await (await this.agents.instance('one')).drain(AbortSignal.abort());
    await this.agents.ask(person, QUESTION, { instance: 'two' });
  },
);

When(
  'the first instance looks for runs, {duration} after the waiting question was asked',
  async function (this: RevenueWorld, ms: number) {
    const untilItLooks = 5_000;
    await this.agents.stored.letWait(ms - untilItLooks);
    this.agents.letPass(untilItLooks);
  },
);

When('{person} stops it while room is found for it', function (this: RevenueWorld, person: Person) {
  return this.agents.scenes.stopWhileTaking(person);
});

When(
  '{person} stops it at the moment at which it is given up, and the answer goes on',
  async function (this: RevenueWorld, person: Person) {
    this.agents.people.meanwhile = () => this.agents.stop(person);
    this.clock.advance(5_000);
    await this.agents.scenes.latestIs('cancelled');
    this.agents.scenes.letGo();
  },
);

When('one of the questions is answered', function (this: RevenueWorld) {
  return this.agents.crowd.letOneGo();
});

Then(
  '{count} questions of {tenant} are worked on and {count} wait(s)',
  function (this: RevenueWorld, working: number, { name }: Tenant, waiting: number) {
    return this.agents.scenes.companyHas(name, { running: working, queued: waiting });
  },
);

Then(
  'all {count} questions of {tenant} are answered, never more than {count} at a time',
  async function (this: RevenueWorld, count: number, { name }: Tenant, most: number) {
    await this.agents.crowd.reached(most);
    this.agents.crowd.letAllGo();
    await this.agents.scenes.companyHas(name, { completed: count, running: 0, queued: 0 });
    expect(this.agents.crowd.most).to.equal(most);
  },
);

Then('the latest question is stopped', async function (this: RevenueWorld) {
  await this.agents.scenes.latestIs('cancelled');
});

Then('the latest question waits', async function (this: RevenueWorld) {
  await this.agents.scenes.latestIs('queued');
});

Then('the questions of Leo and of Mia are worked on', async function (this: RevenueWorld) {
  for (const company of ['Birch', 'Cedar'] as const) await this.agents.scenes.companyHas(company, { running: 1 });
});

Then('the latest question is worked on', async function (this: RevenueWorld) {
  await this.agents.scenes.latestIs('running');
});

Then(
  "the waiting question's story is its question and that it failed with {string}",
  async function (this: RevenueWorld, code: string) {
    const story = await this.agents.answered(this.cast.lastNamed());
    expect(
      story
        .filter(({ runId }) => runId === this.agents.latest.runId)
        .map(({ type, data }) => ({ type, ...('code' in data && { code: data.code }) })),
    ).to.deep.equal([{ type: 'user_message' }, { type: 'agent_failed', code }]);
  },
);
