import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Tab } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';

const upTo = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

When(
  '{tab} asks {string} and cancels its run',
  async function (this: RevenueWorld, { person, name }: Tab, text: string) {
    await this.delivery.ask(person.name, name, text);
    await this.delivery.say(person.name, name, { type: 'cancel_run', runId: this.delivery.run.runId });
  },
);

Then(
  'the agents are asked {string} in that thread and told to stop that run, both in her name',
  function (this: RevenueWorld, text: string) {
    const { userId } = this.delivery.contextOf(this.cast.lastNamed().name);
    const { sent, cancelled } = this.delivery.agents;
    expect(sent).to.deep.equal([{ userId, threadId: this.delivery.thread(), clientMessageId: `c-${text}`, text }]);
    expect(cancelled).to.deep.equal([{ userId, runId: this.delivery.run.runId }]);
  },
);

Then('{tab} is told of no refusal', function (this: RevenueWorld, { person, name }: Tab) {
  expect(this.delivery.device(person.name, name).told('error')).to.deep.equal([]);
});

Given('the agents take nothing now', function (this: RevenueWorld) {
  this.delivery.agents.refusing = true;
});

When(
  '{tab} asks {string} and calls it {string}',
  function (this: RevenueWorld, { person, name }: Tab, text: string, ref: string) {
    const message = { type: 'send_message', threadId: this.delivery.thread(), clientMessageId: 'c-1', text, ref };
    return this.delivery.say(person.name, name, message);
  },
);

Then(
  '{tab} is told {string} of {string} in that thread, to be repeated after {count} milliseconds',
  function (this: RevenueWorld, { person, name }: Tab, code: string, ref: string, retryAfterMs: number) {
    const data = { code, message: 'Too much waits.', retryAfterMs, ref };
    const told = this.delivery.device(person.name, name).told('error');
    expect(told.map((one) => ({ threadId: one.threadId, data: one.data }))).to.deep.equal([
      { threadId: this.delivery.thread(), data },
    ]);
  },
);

When('{tab} says {int} messages at once', function (this: RevenueWorld, { person, name }: Tab, count: number) {
  return this.delivery.askAtOnce(person.name, name, count);
});

Then('the agents are asked all {int}, in the order they were said', function (this: RevenueWorld, count: number) {
  expect(this.delivery.agents.sent.map(({ text }) => text)).to.deep.equal(upTo(1, count).map(String));
});

When('{tab} says {bad-message}', function (this: RevenueWorld, { person, name }: Tab, message: string | Buffer) {
  const said = typeof message === 'string' ? message.replace('$THREAD', this.delivery.thread()) : message;
  return this.delivery.say(person.name, name, said);
});

Then(
  /^(her phone) is told "(\w+)" about "?(\w*)"? of ([\w-]+): (.*)$/,
  function (this: RevenueWorld, _tab: string, code: string, field: string, ref: string, message: string) {
    const told = this.delivery.device(this.cast.lastNamed().name, 'phone').told('error');
    const optional = { ...(field === '' ? {} : { field }), ...(ref === 'nothing' ? {} : { ref }) };
    expect(told.map(({ data }) => data)).to.deep.equal([{ code, message, ...optional }]);
  },
);

Then(
  '{tab} is still answered when it asks for a sign of life',
  async function (this: RevenueWorld, { person, name }: Tab) {
    await this.delivery.say(person.name, name, { type: 'ping' });
    const at = new Date(this.clock.now()).toISOString();
    const told = this.delivery.device(person.name, name).told('pong');
    expect(told.map(({ data }) => data)).to.deep.equal([{ at }]);
  },
);

When('{bad-message} is heard', function (this: RevenueWorld, message: string | Buffer) {
  this.delivery.hearing.hear(message);
});

Then(
  /^it is refused as "(\w+)" about "(\w*)" of ([\w-]+): (.*)$/,
  function (this: RevenueWorld, code: string, field: string, ref: string, message: string) {
    const optional = { ...(field === '' ? {} : { field }), ...(ref === 'nothing' ? {} : { ref }) };
    expect(this.delivery.hearing.refusal).to.deep.equal({ code, message, ...optional });
  },
);

When(
  '{string} is heard with {word} as {part-value}',
  function (this: RevenueWorld, type: string, field: string, value: unknown) {
    this.delivery.hearing.hearWith(type, field, value);
  },
);

Then('it is refused about {string}', function (this: RevenueWorld, field: string) {
  expect(this.delivery.hearing.refusal).to.include({ code: 'invalid_message', field });
});

When('{string} is heard as it should be', function (this: RevenueWorld, type: string) {
  this.delivery.hearing.hearGood(type);
});

Then('it is understood as it was said', function (this: RevenueWorld) {
  expect(this.delivery.hearing.understood).to.deep.equal(this.delivery.hearing.said).and.to.include.keys('ref');
});

When(
  '{tab} asks a question of {count} characters and refers to it with {count}',
  function (this: RevenueWorld, { person, name }: Tab, length: number, ref: number) {
    const message = {
      ...this.delivery.hearing.good('send_message', this.delivery.thread()),
      text: 'a'.repeat(length),
      ref: 'r'.repeat(ref),
    };
    return this.delivery.say(person.name, name, { ...message, clientMessageId: 'c'.repeat(ref) });
  },
);

Then('the agents are asked a question of {count} characters', function (this: RevenueWorld, length: number) {
  expect(this.delivery.agents.sent.map(({ text }) => text.length)).to.deep.equal([length]);
});

When('{tab} says {int} bytes at once', function (this: RevenueWorld, { person, name }: Tab, bytes: number) {
  return this.delivery.say(person.name, name, 'x'.repeat(bytes));
});

Then('{tab} is told that the message is not JSON', function (this: RevenueWorld, { person, name }: Tab) {
  const told = this.delivery.device(person.name, name).told('error');
  expect(told.map(({ data }) => data['code'])).to.deep.equal(['invalid_json']);
});

Then('{tab} is cut off as too big, {int}', function (this: RevenueWorld, { person, name }: Tab, code: number) {
  expect(this.delivery.device(person.name, name).closed).to.include({ code });
  expect(this.delivery.count()).to.include({ connections: 0 });
});

Given('{tab} follows {int} threads', function (this: RevenueWorld, { person, name }: Tab, count: number) {
  this.cast.named(person.name);
  return this.delivery.followMany(person.name, name, count);
});

When('{tab} asks for a 21st', async function (this: RevenueWorld, { person, name }: Tab) {
  await this.delivery.follow(person.name, name, await this.delivery.threadOf(person.name, 'thread 21'));
});

Then(
  'the first and the 20th thread are still shown there, and the 21st once the first is left',
  async function (this: RevenueWorld) {
    const { name } = this.cast.lastNamed();
    for (const title of ['thread 1', 'thread 20', 'thread 21']) {
      this.delivery.startAnotherRun();
      await this.delivery.append(name, this.delivery.run.all('the question'), 0, title);
    }
    expect(this.delivery.shown(name, 'phone', 'thread 1')).to.deep.equal([1]);
    expect(this.delivery.shown(name, 'phone', 'thread 20')).to.deep.equal([1]);
    expect(this.delivery.shown(name, 'phone', 'thread 21')).to.deep.equal([]);
    await this.delivery.leaveThread(name, 'phone', 'thread 1');
    await this.delivery.follow(name, 'phone', this.delivery.thread('thread 21'));
    expect(this.delivery.shown(name, 'phone', 'thread 21')).to.deep.equal([1]);
  },
);
