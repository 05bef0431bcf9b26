import { Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { linesOf, thoughtsIn, toolsIn } from '../world/agents-story';
import type { Person } from '../world/person';
import type { RevenueWorld } from '../world/revenue-world';
import { endingOf, isEnding, openCallsIn } from '../world/story';

Then('the second question is started after the end of the first', async function (this: RevenueWorld) {
  const story = await this.agents.answered(this.cast.lastNamed(), 2);
  const [first, second] = this.agents.accepted;
  const endOfFirst = story.findIndex((event) => isEnding(event) && event.runId === first?.runId);
  expect(story.findIndex(({ type, runId }) => type === 'agent_started' && runId === second?.runId)).to.be.above(
    endOfFirst,
  );
});

Then('both of her questions are being worked on', function (this: RevenueWorld) {
  return this.agents.underWay(2);
});

Then('{int} tools were shown, each with its result', async function (this: RevenueWorld, count: number) {
  const tools = toolsIn(await this.agents.answered(this.cast.lastNamed()));
  expect(tools.filter(({ outcome }) => outcome === 'ok')).to.have.lengthOf(count);
  expect(tools).to.have.lengthOf(count);
});

Then('whatever was being read was told to stop, and is shown as ended', async function (this: RevenueWorld) {
  const { usage } = this.agents;
  expect(usage.stopped).to.equal(usage.isHanging ? 1 : 0);
  expect(openCallsIn(await this.agents.answered(this.cast.lastNamed()))).to.deep.equal([]);
});

Then('there were {int} readings, shown as one failed tool', async function (this: RevenueWorld, count: number) {
  const tools = toolsIn(await this.agents.answered(this.cast.lastNamed()));
  expect(this.agents.usage.asked).to.have.lengthOf(count);
  const ending = endingOf(await this.agents.storyOf(this.cast.lastNamed()));
  const { code, message } = ending?.data as { code: string; message: string };
  expect(tools.map(({ outcome, result }) => ({ outcome, result }))).to.deep.equal([
    { outcome: 'failed', result: { code, message } },
  ]);
});

Then("the waiting question's story is its question and that it was stopped", async function (this: RevenueWorld) {
  const { runId } = this.agents.latest;
  const story = await this.agents.answered(this.cast.lastNamed(), 2);
  expect(linesOf(story.filter((event) => event.runId === runId))).to.deep.equal([
    'question: Question 2 about cost (1 ahead)',
    'nobody stops',
  ]);
});

Then(
  '{person} is told that the run is {string} and {string}',
  function (this: RevenueWorld, _person: Person, outcome: string, state: string) {
    expect(this.agents.stopping).to.deep.equal({ outcome, state });
  },
);

Then('each time she is refused as {string}', function (this: RevenueWorld, code: string) {
  expect(this.agents.refusals.map((refusal) => (refusal as { code: string }).code)).to.deep.equal([code, code, code]);
});

Then(
  'each time the refusal is {string} about {string}: {string}',
  function (this: RevenueWorld, code: string, field: string, message: string) {
    expect(this.agents.refusals).to.have.lengthOf(2);
    for (const refusal of this.agents.refusals) expect(refusal).to.include({ code, field, message, retryable: false });
  },
);

Then('the run stays where it is', async function (this: RevenueWorld) {
  expect(await this.agents.stored.latestRow()).to.include({ state: 'running', lease_epoch: 1, interruptions: 0 });
});

Then(
  'it reads as {string}, {string}, begun and not ended',
  function (this: RevenueWorld, question: string, state: string) {
    const { runId } = this.agents.latest;
    const at = new Date(this.clock.now());
    const facts = { runId, question, state, errorCode: null, createdAt: at, startedAt: at, endedAt: null };
    expect(this.agents.record).to.deep.include(facts);
  },
);

Then('every reading was about the period {string}', async function (this: RevenueWorld, period: string) {
  await this.agents.answered(this.cast.lastNamed());
  const about = this.agents.usage.asked.filter(({ what }) => what !== 'prices').map((one) => one.about);
  expect(about).to.deep.equal([period, period, period]);
});

Then('whoever spoke late was told {string}', function (this: RevenueWorld, message: string) {
  expect(this.agents.scenes.lateWords).to.deep.equal([message, message]);
});

Then('there were {int} readings since the question', function (this: RevenueWorld, count: number) {
  expect(this.agents.usage.asked).to.have.lengthOf(count);
});

Then('the story shows each tool once, with its result', async function (this: RevenueWorld) {
  const tools = toolsIn(await this.agents.answered(this.cast.lastNamed()));
  expect(tools.map(({ tool, outcome }) => `${tool} ${outcome}`)).to.deep.equal(['usage_coverage ok']);
});

Then('there were {int} attempts at the first reading', function (this: RevenueWorld, count: number) {
  expect(this.agents.usage.asked).to.have.lengthOf(count);
});

Then(
  'it shows a thought of {count}, an input of {count} and a result of {count} characters',
  async function (this: RevenueWorld, note: number, input: number, result: number) {
    const story = await this.agents.answered(this.cast.lastNamed());
    const length = (shown: unknown): number => (typeof shown === 'string' ? shown : JSON.stringify(shown)).length;
    const [tool] = toolsIn(story);
    expect([length(thoughtsIn(story)[0]), length(tool?.input), length(tool?.result)]).to.deep.equal([
      note,
      input,
      result,
    ]);
  },
);

Then('what is cut ends with a mark, and the whole is kept', async function (this: RevenueWorld) {
  const story = await this.agents.answered(this.cast.lastNamed());
  const [tool] = toolsIn(story);
  const [kept] = await this.agents.stored.keptCalls();
  const isCut = JSON.stringify(kept?.result).length > 4_096;
  for (const shown of [thoughtsIn(story)[0], tool?.input, tool?.result]) {
    if (isCut) expect(shown).to.match(/…$/);
    else expect(JSON.stringify(shown)).not.to.contain('…');
  }
  expect(tool?.more).to.equal(isCut);
  expect(JSON.stringify(kept?.input)).to.have.lengthOf(isCut ? 1_001 : 1_000);
  expect(JSON.stringify(kept?.result)).to.have.lengthOf(isCut ? 4_097 : 4_096);
});

Then('no word of {string} is in the story', async function (this: RevenueWorld, secret: string) {
  expect(JSON.stringify(await this.agents.storyOf(this.cast.lastNamed()))).not.to.contain(secret);
});

Then("operators read of {string} with the run's name", function (this: RevenueWorld, secret: string) {
  const { runId } = this.agents.latest;
  const line = this.agents.telling.lines.find(({ facts }) => facts['runId'] === runId);
  expect(String((line?.facts['err'] as Error).message)).to.contain(secret);
});

Then('the story reads, from the loss on:', async function (this: RevenueWorld, text: string) {
  const story = await this.agents.scenes.fromLossOn(this.cast.lastNamed());
  expect(story.join('\n')).to.equal(text);
});

Then('it lets the run go, and the story has one ending', async function (this: RevenueWorld) {
  await this.agents.telling.counted('agent_runs_concluded_total {"conclusion":"dropped"}', 1);
  const story = await this.agents.storyOf(this.cast.lastNamed());
  expect(story.filter(isEnding)).to.have.lengthOf(1);
  expect(isEnding(story.at(-1) as (typeof story)[number])).to.equal(true);
});

Then('its lease lasts {int} seconds from that moment', async function (this: RevenueWorld, seconds: number) {
  await this.agents.stored.leaseOf(seconds);
});

Then(
  'the first instance has finished {int} and handed over {int}',
  function (this: RevenueWorld, finished: number, handedOver: number) {
    expect(this.agents.scenes.stopped).to.deep.equal({ finished, handedOver });
  },
);

Then('of {int} tools that were shown one was interrupted', async function (this: RevenueWorld, count: number) {
  const outcomes = toolsIn(await this.agents.answered(this.cast.lastNamed())).map(({ outcome }) => outcome);
  expect(outcomes).to.have.lengthOf(count);
  expect(outcomes.filter((outcome) => outcome !== 'ok')).to.deep.equal(['interrupted']);
});

Then('what is kept of the first tool hides {string} as well', async function (this: RevenueWorld, secret: string) {
  const [kept] = await this.agents.stored.keptCalls();
  expect(JSON.stringify(kept?.input)).to.contain('[hidden]').and.not.to.contain(secret);
});
