import { defineParameterType, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person, Tab } from '../../world/person';
import {
  ALTERATION_WORDS,
  sayEverything,
  SAYING_WORDS,
  type Alteration,
  type Saying,
} from '../../world/modules/websocket-manager/programs';
import type { RevenueWorld } from '../../world/revenue-world';

const oneOf = (words: readonly string[]): RegExp => new RegExp(words.join('|'));
defineParameterType({ name: 'saying', regexp: oneOf(SAYING_WORDS), transformer: (words: string) => words });
defineParameterType({ name: 'alteration', regexp: oneOf(ALTERATION_WORDS), transformer: (words: string) => words });

When('{person} says everything there is to say on her {device}', (person: Person, device: string) =>
  sayEverything(person, person.device(device)),
);

Then('{tab} was shown each of these kinds of messages: {words}', ({ person, name }: Tab, kinds: string) =>
  expect(person.device(name).received.map(({ type }) => type)).to.include.members(kinds.split(', ')),
);

Then('all it has said and was shown is as published', async function (this: RevenueWorld) {
  const published = await this.programs.published();
  const { said, received } = this.cast.lastNamed().anyDevice();
  expect(
    said.filter((message) => !published.allowsSaying(message)),
    'said',
  ).to.deep.equal([]);
  expect(
    received.filter((message) => !published.allowsShowing(message)),
    'shown',
  ).to.deep.equal([]);
});

When('a program tries to {saying} on {tab}', function (this: RevenueWorld, saying: Saying, { person, name }: Tab) {
  return this.programs.say(saying, person.device(name), person.thread());
});

Then('that is taken, as published', async function (this: RevenueWorld) {
  expect(await this.programs.outcome()).to.deep.equal({ wasTaken: true, isAllowed: true });
});

Then('that is refused, as published', async function (this: RevenueWorld) {
  expect(await this.programs.outcome()).to.deep.equal({ wasTaken: false, isAllowed: false });
});

Then(
  'a thought that {tab} shows is as published, and the same {alteration} is not',
  async function (this: RevenueWorld, { person, name }: Tab, alteration: Alteration) {
    expect(await this.programs.allows(person.device(name), alteration)).to.deep.equal({ asItIs: true, altered: false });
  },
);

When('a developer asks what is published of live connections', async function (this: RevenueWorld) {
  await this.programs.published();
});

Then('every tool for AsyncAPI 3.0 can read the answer', async function (this: RevenueWorld) {
  expect(await (await this.programs.published()).faults()).to.deep.equal([]);
});
