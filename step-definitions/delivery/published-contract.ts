import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../../support/phrases';
import type { Tab } from '../../world/actors/person';
import { ATTEMPTS, sendEverything, type Attempt } from '../../world/modules/websocket-manager/programs';
import type { RevenueWorld } from '../../world/revenue-world';

phrases<Attempt>('program-attempt', ATTEMPTS);
phrases('taken-or-refused', { taken: true, refused: false });

When('{tab} sends every kind of message there is', ({ person, name }: Tab) =>
  sendEverything(person, person.device(name)),
);

Then('{tab} was shown each of these kinds of messages: {words}', ({ person, name }: Tab, kinds: string) =>
  expect(person.device(name).received.map(({ type }) => type)).to.include.members(kinds.split(', ')),
);

Then('all that it sent and was shown is as published', async function (this: RevenueWorld) {
  const unpublished = await this.programs.unpublished(this.cast.lastNamed().anyDevice());
  expect(unpublished).to.deep.equal({ sent: [], shown: [] });
});

When(
  'a program tries to {program-attempt} on {tab}',
  function (this: RevenueWorld, attempt: Attempt, { person, name }: Tab) {
    return this.programs.try(attempt, person.device(name), person.thread());
  },
);

Then('that is {taken-or-refused}, as published', async function (this: RevenueWorld, isTaken: boolean) {
  expect(await this.programs.outcome()).to.deep.equal({ wasTaken: isTaken, isAllowed: isTaken });
});

When('a developer asks what is published of live connections', async function (this: RevenueWorld) {
  await this.programs.published();
});

Then('every tool for AsyncAPI 3.0 can read the answer', async function (this: RevenueWorld) {
  expect(await (await this.programs.published()).faults()).to.deep.equal([]);
});
