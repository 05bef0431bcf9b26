import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { toolsIn } from '../world/agents-story';
import { MODELS, type ModelManner } from '../world/model-server';
import type { Person, Tab } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';
import { reportOf } from '../world/story';

defineParameterType({
  name: 'manner',
  regexp: new RegExp(Object.keys(MODELS).join('|')),
  transformer: (words: string) => words,
});

Given('a language model that {manner}', function (this: RevenueWorld, manner: ModelManner) {
  return this.agents.words.bring(manner);
});

Given(
  'a language model that has failed {person} {int} times',
  async function (this: RevenueWorld, person: Person, times: number) {
    await this.agents.words.bring('always fails');
    await this.agents.words.answer(person, times);
  },
);

Given('an instance of the platform is serving that knows a language model', async function (this: RevenueWorld) {
  await this.agents.words.bring('rephrases the report');
  await this.operations.serveWith(this.agents.words.server);
});

Given('an instance of the platform is serving whose language model never answers', async function (this: RevenueWorld) {
  await this.agents.words.bring('never answers');
  await this.operations.serveWith(this.agents.words.server);
});

When(
  'it {manner} and {person} asks {int} time(s) more, {duration} later',
  function (this: RevenueWorld, manner: ModelManner, person: Person, times: number, ms: number) {
    return this.agents.words.answerLater(person, manner, ms, times);
  },
);

When(
  '{person} asks the agents, and {duration} pass while the model is asked',
  async function (this: RevenueWorld, person: Person, ms: number) {
    await this.agents.words.askWhileModelIsAsked(person);
    this.clock.advance(ms);
  },
);

When(
  '{person} asks the agents, and stops it while the model is asked',
  async function (this: RevenueWorld, person: Person) {
    await this.agents.words.askWhileModelIsAsked(person);
    await this.agents.stop(person);
  },
);

When(
  '{duration} later it {manner}, and two of her questions come to it at one instant',
  function (this: RevenueWorld, ms: number, manner: ModelManner) {
    return this.agents.words.askTwice(this.cast.lastNamed(), manner, ms);
  },
);

When('{string} is worded as {string}', function (this: RevenueWorld, text: string, wording: string) {
  this.agents.words.compare(text, wording);
});

Then(/^the wording is (used|discarded)$/, function (this: RevenueWorld, verdict: string) {
  expect(this.agents.words.isSame).to.equal(verdict === 'used');
});

Then('the report says:', async function (this: RevenueWorld, text: string) {
  expect((await this.agents.report(this.cast.lastNamed())).text).to.equal(text);
});

Then('the answer is worded by the {word}', async function (this: RevenueWorld, who: string) {
  const { wordedBy, text } = await this.agents.words.latestReport(this.cast.lastNamed());
  expect([wordedBy, text.startsWith('Here is what we found.')]).to.deep.equal([who, who === 'model']);
});

Then('the model was asked {int} time(s)', function (this: RevenueWorld, times: number) {
  expect(this.agents.words.server.requests).to.have.lengthOf(times);
});

Then('operators read that the model is {string}, and all is well', async function (this: RevenueWorld, state: string) {
  expect((await this.agents.instance()).health()).to.include({ model: state, state: 'up' });
});

Then('operators count {int} wording(s) {string}', function (this: RevenueWorld, count: number, outcome: string) {
  return this.agents.telling.counted(`agent_wordings_total {"outcome":"${outcome}"}`, count);
});

Then('the story shows these tools and no others: {}', async function (this: RevenueWorld, tools: string) {
  const story = await this.agents.answered(this.cast.lastNamed());
  expect(
    toolsIn(story)
      .map(({ tool }) => tool)
      .join(', '),
  ).to.equal(tools);
});

Then('the model was sent the findings, with its key in the header alone', function (this: RevenueWorld) {
  const [request] = this.agents.words.server.requests;
  expect(request).to.include({ url: '/v1/chat/completions', authorization: 'Bearer key-of-the-model' });
  expect(request?.body).to.contain('480.00 USD').and.not.to.contain('key-of-the-model');
  expect(JSON.parse(request?.body ?? '')).to.include({ model: 'wordsmith', temperature: 0 });
});

Then('it was told to keep every figure, and of an address that there was one', function (this: RevenueWorld) {
  const { messages } = JSON.parse(this.agents.words.server.requests[0]?.body ?? '') as {
    messages: { role: string; content: string }[];
  };
  expect(messages.map(({ role }) => role)).to.deep.equal(['system', 'user']);
  expect(messages[0]?.content).to.contain('Keep every figure exactly as it is written');
  expect(messages[1]?.content).to.contain('20 calls of [address] to small');
});

Then('nothing that it was sent contains {string}', function (this: RevenueWorld, secret: string) {
  expect(JSON.stringify(this.agents.words.server.requests)).not.to.contain(secret);
});

Then('nothing that it was sent names who asked, or the company', function (this: RevenueWorld) {
  const { tenantId, userId } = this.agents.who(this.cast.lastNamed());
  const sent = JSON.stringify(this.agents.words.server.requests);
  expect(sent).not.to.contain(tenantId).and.not.to.contain(userId);
});

Then('{tab} shows a report that is worded by the model', async function (this: RevenueWorld, { person, name }: Tab) {
  const report = reportOf(await person.answerOn(name));
  expect(report).to.include({ wordedBy: 'model' });
  expect(this.agents.words.server.requests).to.have.lengthOf(1);
});

Given('the recorded usage is {int} calls to as many models on 1 day', function (this: RevenueWorld, count: number) {
  const row = (_: unknown, number: number) => ({ provider: 'own', model: `m${number}`, calls: '1', spend: '1 USD' });
  this.agents.usage.bring(count, 1, Array.from({ length: count }, row));
});

When(
  'the specialists work on a question of {count} characters of {person}',
  function (this: RevenueWorld, length: number, person: Person) {
    return this.agents.work(person, 'cost '.repeat(length).slice(0, length));
  },
);

Then(
  'the report names {int} models and {int} calls',
  async function (this: RevenueWorld, models: number, calls: number) {
    const report = await this.agents.report(this.cast.lastNamed());
    expect([report.byModel.length, report.calls]).to.deep.equal([models, calls]);
  },
);

Then(
  'the price list is told as {string} with {int} models',
  function (this: RevenueWorld, version: string, models: number) {
    expect(this.agents.worked?.found.get('price_list')).to.deep.equal({ version, models });
  },
);

Then('the report repeats {count} characters of it', async function (this: RevenueWorld, length: number) {
  const { question } = await this.agents.report(this.cast.lastNamed());
  expect([question.length, question.endsWith('…')]).to.deep.equal([length, length > 1_000]);
});

Then(
  "the report's sentences hold {string} and not {string}",
  async function (this: RevenueWorld, shown: string, secret: string) {
    const { text } = await this.agents.report(this.cast.lastNamed());
    expect(text).to.contain(shown).and.not.to.contain(secret);
  },
);
