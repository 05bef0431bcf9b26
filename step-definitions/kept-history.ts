import { Given, Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Plan } from '../ssot/kernel';
import type { Person } from '../world/actors/person';
import type { Tenant } from '../world/actors/tenant';
import type { RevenueWorld } from '../world/revenue-world';

const DAY_MS = 86_400_000;

Given('a platform on which months can pass', function (this: RevenueWorld) {
  return this.keptThreads.begin();
});

Given(
  'a platform on which months can pass, and where {person} has Acme keep its threads for {int} days',
  async function (this: RevenueWorld, by: Person, days: number) {
    await this.keptThreads.begin();
    await this.keptThreads.keepFor(by, days);
  },
);

Given(
  '{person} has been answered {string} in the thread {string}',
  function (this: RevenueWorld, person: Person, question: string, title: string) {
    return this.keptThreads.answered(person, question, title);
  },
);

Given(
  '{person} and {person} have been answered in the threads {string} and {string}',
  async function (this: RevenueWorld, one: Person, other: Person, first: string, second: string) {
    await this.keptThreads.answered(one, 'Where does our money go?', first);
    await this.keptThreads.answered(other, 'Where do we save?', second);
  },
);

Given(
  'a day later she has been answered {string} in the thread {string}',
  function (this: RevenueWorld, question: string, title: string) {
    this.keptThreads.pass(DAY_MS);
    return this.keptThreads.answered(this.cast.lastNamed(), question, title);
  },
);

Given(
  '{duration} later the operators have moved {tenant} to the {plan} plan',
  async function (this: RevenueWorld, ms: number, tenant: Tenant, plan: Plan) {
    await this.time.pass(ms);
    await tenant.moveTo(plan);
  },
);

Then(
  'the thread {string} holds nothing, its answer reads as one that never was, and {string} holds all that was said',
  async function (this: RevenueWorld, old: string, young: string) {
    const [gone, left] = [this.keptThreads.leftIn(old).headSeq, this.keptThreads.leftIn(young).headSeq];
    const emptied = await this.keptThreads.emptied(this.cast.lastNamed(), old);
    expect(emptied).to.deep.equal({ events: 0, firstSeq: gone + 1, headSeq: gone, answer: 'run_not_found' });
    await this.keptThreads.goneEverywhere(old);
    const held = await this.keptThreads.heldAnew(this.cast.lastNamed(), young);
    expect(held).to.deep.equal({ events: left, firstSeq: 1, headSeq: left, answer: 'found' });
  },
);

Then(
  'her phone is told where {string} begins now, and what she asks next is counted on from there',
  async function (this: RevenueWorld, title: string) {
    const { headSeq } = this.keptThreads.leftIn(title);
    await this.keptThreads.answered(this.cast.lastNamed(), 'And now?', title);
    const phone = this.cast.lastNamed().device('phone');
    expect(phone.controls('subscribed')[0])
      .to.have.property('data')
      .that.deep.includes({ firstSeq: headSeq + 1, headSeq });
    expect(phone.story()[0]).to.deep.include({
      seq: headSeq + 1,
      type: 'user_message',
    });
  },
);

Given(
  '{duration} later all that the analysis in {string} has worked out is stored',
  async function (this: RevenueWorld, ms: number, title: string) {
    await this.time.pass(ms);
    await this.keptThreads.lookedThrough();
    expect(await this.keptThreads.workingsOf(title)).to.be.at.least(1);
  },
);

Then(
  'nothing is stored any more of what the analysis in {string} has worked out',
  async function (this: RevenueWorld, title: string) {
    await this.keptThreads.workingsGone(title);
  },
);

Then(
  "{person}'s thread {string} holds nothing any more",
  async function (this: RevenueWorld, person: Person, title: string) {
    expect((await this.keptThreads.emptied(person, title)).events).to.equal(0);
  },
);

Then(
  "{person}'s thread {string} holds all that was said",
  async function (this: RevenueWorld, person: Person, title: string) {
    expect(await this.keptThreads.heldAnew(person, title)).to.deep.equal(this.keptThreads.wholeOf(title));
  },
);

Then(
  "{person}'s thread {string} holds nothing any more, and {person}'s thread {string} all that was said",
  async function (this: RevenueWorld, one: Person, old: string, other: Person, kept: string) {
    expect((await this.keptThreads.emptied(one, old)).events).to.equal(0);
    expect(await this.keptThreads.heldAnew(other, kept)).to.deep.equal(this.keptThreads.wholeOf(kept));
  },
);

Then(
  'the thread {string} of {person} has moved to the history whole, and PostgreSQL has none of its events',
  async function (this: RevenueWorld, title: string, person: Person) {
    person.signOutEverywhere();
    expect(await this.keptThreads.whereabouts(person, title)).to.deep.equal({ events: 0, parts: 1 });
  },
);

Then(
  'her tablet shows all of {string}, from its first event to its answer',
  async function (this: RevenueWorld, title: string) {
    const { headSeq } = this.keptThreads.leftIn(title);
    const story = await this.keptThreads.storyOn(this.cast.lastNamed(), 'tablet', title);
    expect(story.map(({ seq }) => seq)).to.deep.equal(Array.from({ length: headSeq }, (_, i) => i + 1));
    expect(story.at(-1)?.type).to.equal('agent_completed');
  },
);

Then(
  'what {person} asks next in {string} is answered, and her tablet shows both answers in order',
  async function (this: RevenueWorld, person: Person, title: string) {
    await this.keptThreads.answered(person, 'And now?', title);
    const { headSeq } = this.keptThreads.leftIn(title);
    const story = await this.keptThreads.storyOn(person, 'tablet', title);
    expect(story.map(({ seq }) => seq)).to.deep.equal(Array.from({ length: headSeq }, (_, i) => i + 1));
    expect(story.filter(({ type }) => type === 'agent_completed')).to.have.lengthOf(2);
  },
);

Then(
  "within {duration} the history has nothing of {person}'s thread {string}",
  function (this: RevenueWorld, limitMs: number, person: Person, title: string) {
    return this.keptThreads.goneFromHistory(person, title, limitMs);
  },
);
