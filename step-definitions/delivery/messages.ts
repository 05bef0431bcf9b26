import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { closingFor } from '../../world/modules/websocket-manager/closings';
import type { Person, Tab } from '../../world/actors/person';

When('{tab} sends {bad-message}', async ({ person, name }: Tab, message: string | Buffer) => {
  person.device(name).sayRaw(typeof message === 'string' ? message.replace('$THREAD', person.thread()) : message);
  await person.device(name).refused();
});

When('{tab} sends a message of more than 64 KiB', ({ person, name }: Tab) =>
  person.device(name).sayRaw('x'.repeat(65_537)),
);

When('{tab} sends {count} messages at once', async ({ person, name }: Tab, count: number) => {
  await person.sayMany(name, count);
});

Then('{tab} is refused as {string}', async ({ person, name }: Tab, code: string) => {
  expect(await person.device(name).refused()).to.deep.equal([code]);
});

Then('{tab} was shown {string} nowhere', ({ person, name }: Tab, words: string) => {
  expect(JSON.stringify(person.device(name).received)).to.not.contain(words);
});

Then('{tab} is disconnected as {string}', async ({ person, name }: Tab, reason: string) => {
  expect(await person.device(name).ended()).to.deep.equal(closingFor(reason));
});

Then('{tab} had been refused {int} times as {string}', ({ person, name }: Tab, times: number, code: string) => {
  const refusals = person.device(name).refusals();
  expect(refusals.filter((refusal) => refusal === code)).to.have.lengthOf(times);
});

When('{tab} follows {count} (more )thread(s)', ({ person, name }: Tab, count: number) =>
  person.followMany(name, count),
);

Then('{tab} still shows what {person} asks in the first of them', async ({ name }: Tab, person: Person) => {
  await person.ask('Where does our money go?', person.device(name), person.thread('thread 1'));
});
