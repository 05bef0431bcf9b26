import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { eventually } from '../world/eventually';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';
import type { Target } from '../world/state-shares';

type Question = Parameters<RevenueWorld['state']['shares']['list']>[1];
const QUESTIONS: Readonly<Record<string, Question>> = {
  everything: {},
  'the thread "Q4 plan"': { id: 'Q4 plan' },
  'the thread "Q3 spend" from "a" on': { id: 'Q3 spend', itemPrefix: 'a' },
  'the thread "Q3 spend" from "a*" on': { id: 'Q3 spend', itemPrefix: 'a*' },
  'every thread from "a" on': { itemPrefix: 'a' },
  'everything changed since the last addition': { isSince: true },
};

defineParameterType({
  name: 'question',
  regexp: new RegExp(
    Object.keys(QUESTIONS)
      .map((words) => words.replace('*', '\\*'))
      .sort((one, other) => other.length - one.length)
      .join('|'),
  ),
  transformer: (words: string) => QUESTIONS[words] as Question,
  useForSnippets: false,
});
defineParameterType({
  name: 'target',
  regexp: /session|thread|run|device/,
  transformer: (word: string) => word as Target,
});

// Capacity

Given(
  '{person} keeps 1,000 entries, of which {string} was read {int} seconds after the others were written',
  async function (this: RevenueWorld, { name }: Person, item: string, later: number) {
    await this.state.shares.keep(name, 1_000);
    this.clock.advance(later * 1_000);
    await this.state.shares.read(name, item);
  },
);

Given('{person} listens to her/his changes', async function (this: RevenueWorld, { name }: Person) {
  await this.state.listeners.listen(name);
});

When('{person} keeps one entry more', function (this: RevenueWorld, { name }: Person) {
  return this.state.shares.keep(name, 1, 5_000);
});

Then(
  '{person} keeps {count} entries, and {string} is one of them',
  async function (this: RevenueWorld, { name }: Person, count: number, item: string) {
    const items = await this.state.shares.items(name);
    expect(items).to.have.length(count).and.include(item);
  },
);

Then(
  '{person} is told {string}, of which the first is about {string}',
  async function (this: RevenueWorld, _person: Person, story: string, item: string) {
    await eventually(() => expect(this.state.listeners.story).to.contain(story));
    expect(this.state.listeners.last.told.at(-2)).to.deep.include({ at: { id: 'kept', item } });
  },
);

Given(
  'an instance that lets a person keep {count} entries',
  async function (this: RevenueWorld, personEntries: number) {
    await this.state.serveWith({ limits: { personEntries } });
  },
);

Given('an instance that lets a person keep {count} bytes', async function (this: RevenueWorld, personBytes: number) {
  await this.state.serveWith({ limits: { personBytes } });
});

Given(
  'an instance that lets a company keep {count} entries',
  async function (this: RevenueWorld, tenantEntries: number) {
    await this.state.serveWith({ limits: { tenantEntries } });
  },
);

Given('an instance that lets a company keep {count} bytes', async function (this: RevenueWorld, tenantBytes: number) {
  await this.state.serveWith({ limits: { tenantBytes } });
});

Given(
  'an instance that sweeps and lets a company keep {count} entries',
  async function (this: RevenueWorld, tenantEntries: number) {
    await this.state.serveWith({ clock: this.clock, limits: { tenantEntries } });
  },
);

When(
  '{person} keeps the entries {string}, {string} and {string} of {int} bytes each, a second apart',
  function (this: RevenueWorld, { name }: Person, first: string, second: string, third: string, bytes: number) {
    return this.state.shares.keepNamed(name, [first, second, third], bytes);
  },
);

Then('{person} keeps {string}', async function (this: RevenueWorld, { name }: Person, items: string) {
  expect((await this.state.shares.items(name)).join(', ')).to.equal(items);
});

Given('{person} keeps {int} entries', function (this: RevenueWorld, { name }: Person, count: number) {
  return this.state.shares.keep(name, count);
});

When('{person} tries to keep one entry more', function (this: RevenueWorld, { name }: Person) {
  return this.state.shares.tryToKeep(name, 5_000);
});

Then(
  '{person} and {person} keep {int} and {int} entries',
  async function (this: RevenueWorld, first: Person, second: Person, one: number, other: number) {
    expect(await this.state.shares.kept(first.name)).to.equal(one);
    expect(await this.state.shares.kept(second.name)).to.equal(other);
  },
);

Then('{person} can keep {int} entries', async function (this: RevenueWorld, { name }: Person, count: number) {
  await this.state.shares.keep(name, count);
  expect(await this.state.shares.kept(name)).to.equal(count);
});

Then('{person} can keep {int} entries again', async function (this: RevenueWorld, { name }: Person, count: number) {
  await this.state.shares.keep(name, count, 100);
  expect(await this.state.shares.kept(name)).to.equal(count);
});

When(
  '{person} changes {string} and removes {string}',
  function (this: RevenueWorld, { name }: Person, changed: string, removed: string) {
    return this.state.shares.changeAndRemove(name, changed, removed);
  },
);

Then('she can keep one entry more, but not two', async function (this: RevenueWorld) {
  await this.state.shares.tryToKeep('Dana', 5_000);
  expect(this.state.refused).to.equal(null);
  await this.state.shares.tryToKeep('Dana', 5_001);
  expect(this.state.refused?.code).to.equal('state_quota_exceeded');
});

When('all her entries have come to their end unread', function (this: RevenueWorld) {
  this.state.endQuietly(86_400_000);
});

When('{person} asks 20,000 times for entries that never existed', function (this: RevenueWorld, { name }: Person) {
  return this.state.shares.askInVain(name, 20_000);
});

Then('Redis holds as many keys of her company as before', async function (this: RevenueWorld) {
  expect(await this.state.keysOf('Dana')).to.have.length(this.state.shares.keysBefore);
});

// Lists

Given(
  '{person} keeps "a*", "a1", "b1" and later "a2" in the thread "Q3 spend" and "a3" in the thread "Q4 plan"',
  function (this: RevenueWorld, { name }: Person) {
    return this.state.shares.lay(name);
  },
);

When('{person} lists {question}', function (this: RevenueWorld, { name }: Person, question: Question) {
  return this.state.shares.list(name, question);
});

Then('{person} is shown {string}', function (this: RevenueWorld, _person: Person, items: string) {
  expect(this.state.shares.shown.join(', ')).to.equal(items);
});

Given(
  '{person} has listed the first of her {int} entries',
  async function (this: RevenueWorld, { name }: Person, count: number) {
    await this.state.shares.keep(name, count);
    await this.state.shares.firstPage(name);
  },
);

When('{person} reads on with its mark', function (this: RevenueWorld, { name }: Person) {
  return this.state.shares.readOn(name);
});

When('{person} reads on with its mark altered', function (this: RevenueWorld, { name }: Person) {
  return this.state.shares.readOn(name, { id: 'kept' }, `${this.state.shares.cursor?.slice(0, -1)}-`);
});

When('{person} reads on with its mark elsewhere', function (this: RevenueWorld, { name }: Person) {
  return this.state.shares.readOn(name, { id: 'kept', itemPrefix: 'e' });
});

When('{person} reads on after {duration}', function (this: RevenueWorld, { name }: Person, ms: number) {
  return this.state.shares.readOnAfter(name, ms);
});

Then('{person} is shown the other {int}', function (this: RevenueWorld, _person: Person, count: number) {
  expect(this.state.shares.shown).to.have.length(count);
});

When('{person} lists pages of {float}', function (this: RevenueWorld, { name }: Person, size: number) {
  return this.state.shares.listOf(name, size);
});

When(
  '{person} lists them page by page while others change, add and remove entries',
  function (this: RevenueWorld, { name }: Person) {
    return this.state.shares.listUnderWriters(name);
  },
);

Then('each of the {int} that stood throughout was shown exactly once', function (this: RevenueWorld, count: number) {
  expect(this.state.shares.shownOnce).to.equal(count);
});

// Forgetting

Given(
  '{person} keeps something for two of each: session, thread, run, device',
  function (this: RevenueWorld, { name }: Person) {
    return this.state.shares.keepTargets(name);
  },
);

When('{person} clears the first {target}', function (this: RevenueWorld, { name }: Person, target: Target) {
  return this.state.shares.clear(name, target);
});

Then(
  'of her state everything is left but that of the first {target}',
  async function (this: RevenueWorld, target: Target) {
    const { shares } = this.state;
    expect(await shares.targetsLeft('Dana')).to.deep.equal(
      shares.allTargets.filter((one) => one !== `first ${target}`),
    );
  },
);

Given('{person} has a damaged entry that was set aside', async function (this: RevenueWorld, { name }: Person) {
  await this.state.atHand.damage(name);
  for (const { at, kind } of this.state.shares.places) await this.state.read(name, at, kind);
  expect((await this.state.keysOf(name)).filter((key) => key.includes(':bad:'))).to.have.length(1);
});

When('{person} erases {person}', function (this: RevenueWorld, by: Person, whom: Person) {
  return this.state.shares.erase(by.name, whom.name);
});

Given('{person} has erased herself', async function (this: RevenueWorld, { name }: Person) {
  await this.state.shares.erase(name, name);
  expect(this.state.refused).to.equal(null);
});

Then(
  'no key in Redis names {person} but the mark that she was erased',
  async function (this: RevenueWorld, { name }: Person) {
    expect(await this.state.shares.keysNaming(name)).to.deep.equal(['gone']);
  },
);

Given('{count} milliseconds have passed since', function (this: RevenueWorld, ms: number) {
  this.clock.advance(ms);
});

Then('{person} note is refused as {string}', function (this: RevenueWorld, _person: Person, code: string) {
  expect(this.state.refused?.code).to.equal(code);
});

Then('{person} note is kept, in version {int}', function (this: RevenueWorld, _person: Person, version: number) {
  expect(this.state.receipt?.version).to.equal(version);
});

Given(
  'an instance that lets a person and a company keep {count} entries',
  async function (this: RevenueWorld, entries: number) {
    await this.state.serveWith({ limits: { personEntries: entries, tenantEntries: entries } });
  },
);

Given(
  '{person} has kept {string}, {string} and {string} of {int} bytes each, a second apart',
  function (this: RevenueWorld, { name }: Person, first: string, second: string, third: string, bytes: number) {
    return this.state.shares.keepNamed(name, [first, second, third], bytes);
  },
);

Given('{string} has come to its end unread', function (this: RevenueWorld, item: string) {
  return this.state.shares.endOne('Dana', item);
});

When(
  '{person} rewrites {string} and adds {string} in one batch',
  function (this: RevenueWorld, { name }: Person, old: string, added: string) {
    return this.state.shares.batch(name, [old, added]);
  },
);

When('{person} adds {string}', function (this: RevenueWorld, { name }: Person, added: string) {
  return this.state.shares.batch(name, [added]);
});

Given(
  '{person} has rewritten {string} {int} times',
  async function (this: RevenueWorld, { name }: Person, item: string, times: number) {
    for (let i = 0; i < times; i++) await this.state.shares.keepNamed(name, [item], 600);
  },
);
