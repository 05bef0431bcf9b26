import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person, Tab } from '../world/person';
import type { PersonName } from '../world/personas';
import type { RevenueWorld } from '../world/revenue-world';

Given(
  '{tab} is on a line with a token valid for {duration}',
  async function (this: RevenueWorld, { person, name }: Tab, validMs: number) {
    this.cast.named(person.name);
    await this.delivery.open(person.name, name, { validMs });
  },
);

Then(
  '{tab} was open until then, and is told {string} because {string} and closed with {int}',
  function (this: RevenueWorld, { person, name }: Tab, code: string, message: string, close: number) {
    const device = this.delivery.device(person.name, name);
    expect(this.delivery.endOf(person.name, name).told).to.equal('open');
    expect(device.told('error').map(({ data }) => ({ code: data['code'], message: data['message'] }))).to.deep.equal([
      { code, message },
    ]);
    expect(device.closed).to.deep.equal({ code: close, reason: code });
  },
);

When(
  '{duration} pass, and then {person} agent hands in: {words}',
  async function (this: RevenueWorld, ms: number, person: Person, words: string) {
    await this.delivery.pass(ms);
    expect(await this.delivery.append(person.name, this.delivery.run.all(words)), 'handed in').to.not.equal(null);
  },
);

Then(
  '{tab} was shown events {int} to {int}, and then told {string} and closed with {int}',
  function (this: RevenueWorld, { person, name }: Tab, from: number, to: number, reason: string, code: number) {
    const device = this.delivery.device(person.name, name);
    expect(this.delivery.shown(person.name, name)).to.deep.equal([from, to]);
    expect(device.told('error').map(({ data }) => data['code'])).to.deep.equal([reason]);
    expect(device.closed).to.deep.equal({ code, reason });
  },
);

Then(
  'after signing in again {tab} is shown events {int} to {int}, the rest',
  async function (this: RevenueWorld, { person, name }: Tab, from: number, to: number) {
    await this.delivery.open(person.name, name);
    await this.delivery.follow(person.name, name, this.delivery.thread(), from - 1);
    expect(this.delivery.shown(person.name, name)).to.deep.equal([from, to]);
    expect(this.delivery.device(person.name, name).told('caught_up')[0]?.data['seq']).to.equal(to);
  },
);

Given('{tab} has renewed it for {duration}', async function (this: RevenueWorld, { person, name }: Tab, ms: number) {
  await this.delivery.pass(1_000);
  await this.delivery.say(person.name, name, { type: 'renew', token: this.delivery.tokenFor(person.name, name, ms) });
});

Then(
  '{tab} is still open, on the same line, having been welcomed twice',
  function (this: RevenueWorld, { person, name }: Tab) {
    const device = this.delivery.device(person.name, name);
    const [first, second, ...more] = device.told('welcome').map(({ data }) => data['connectionId']);
    expect(device.isOpen).to.equal(true);
    expect({ second, more }).to.deep.equal({ second: first, more: [] });
  },
);

Given('{person} was given the right to publish reports since', function (this: RevenueWorld, person: Person) {
  this.delivery.setRights(person.name, ['chat:use', 'reports:publish']);
});

When(
  '{tab} renews it for {duration} and asks {string}',
  async function (this: RevenueWorld, { person, name }: Tab, ms: number, text: string) {
    const token = this.delivery.tokenFor(person.name, name, ms);
    await this.delivery.threadOf(person.name, 'Q3 spend');
    await this.delivery.say(person.name, name, { type: 'renew', token });
    await this.delivery.ask(person.name, name, text);
  },
);

Then('the agents may chat and publish reports in her name', function (this: RevenueWorld) {
  expect(this.delivery.agents.rights).to.deep.equal([['chat:use', 'reports:publish']]);
});

When(
  '{tab} renews it with a token of {words}',
  async function (this: RevenueWorld, { person, name }: Tab, whose: string) {
    const other = whose.split(' ')[0] as PersonName;
    const token = whose === 'nobody' ? 'of-nobody' : this.delivery.tokenFor(other, 'laptop');
    await this.delivery.say(person.name, name, { type: 'renew', token, ref: 'r-1' });
  },
);

Then(
  '{tab} is told {string} for {string}, and stays open',
  async function (this: RevenueWorld, { person, name }: Tab, code: string, ref: string) {
    const device = this.delivery.device(person.name, name);
    expect(device.told('error')[0]?.data).to.deep.include({ code, ref });
    await this.delivery.pass(60_000);
    expect(device.isOpen).to.equal(true);
  },
);

When('{person} signs out on {tab}', function (this: RevenueWorld, person: Person, { name }: Tab) {
  this.delivery.tokens.ended.add(this.delivery.sessionOf(person.name, name));
});

Then(
  'within {duration} {tab} is told {string} because {string} and closed with {int}',
  async function (this: RevenueWorld, ms: number, { person, name }: Tab, code: string, message: string, close: number) {
    await this.delivery.pass(ms);
    const device = this.delivery.device(person.name, name);
    expect(device.told('error').map(({ data }) => ({ code: data['code'], message: data['message'] }))).to.deep.equal([
      { code, message },
    ]);
    expect(device.closed).to.deep.equal({ code: close, reason: code });
  },
);

Then('{tab} is still open', async function (this: RevenueWorld, { person, name }: Tab) {
  await this.delivery.pass(3_000);
  expect(this.delivery.device(person.name, name).isOpen).to.equal(true);
});

Given('auth could vouch for nobody for {duration}', async function (this: RevenueWorld, ms: number) {
  this.delivery.tokens.away = 'for two seconds';
  await this.delivery.pass(ms);
  this.delivery.tokens.away = false;
});

Then('operators can read why it could not be told', function (this: RevenueWorld) {
  expect(this.delivery.instance().warnings).to.include('PlatformError: Nobody can be vouched for right now.');
});
