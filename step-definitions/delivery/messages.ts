import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Person, Tab } from '../../world/person';

When('{tab} sends {bad-message}', async ({ person, name }: Tab, message: string | Buffer) => {
  const device = person.device(name);
  device.sayRaw(typeof message === 'string' ? message.replace('$THREAD', person.thread()) : message);
  await device.until('an answer', () => device.refusals().length > 0);
});

When('{tab} sends a message of more than 64 KiB', ({ person, name }: Tab) =>
  person.device(name).sayRaw('x'.repeat(65_537)),
);

When('{tab} sends {count} messages at once', async ({ person, name }: Tab, count: number) => {
  await person.sayMany(name, count);
});

Then('{tab} is refused {int} times as {string}', async ({ person, name }: Tab, times: number, code: string) => {
  const device = person.device(name);
  await device.until(`${times} refusals`, () => device.refusals().length >= times);
  expect(device.refusals().slice(0, times)).to.deep.equal(Array<string>(times).fill(code));
});

Then('{tab} was told {string} and closed with {int}', async ({ person, name }: Tab, reason: string, code: number) => {
  const device = person.device(name);
  await device.ended();
  expect(device.closed).to.deep.equal({ code, reason });
  expect(device.refusals().at(-1)).to.equal(reason);
});

Then('{tab} is closed with {int}', async ({ person, name }: Tab, code: number) => {
  const device = person.device(name);
  await device.ended();
  expect(device.closed?.code).to.equal(code);
});

Given('{tab} follows {count} threads', ({ person, name }: Tab, count: number) => person.followMany(name, count));

When('{tab} follows one thread more', ({ person, name }: Tab) => person.followMany(name, 1));

Then('{tab} still shows what {person} asks in the first of them', async ({ name }: Tab, person: Person) => {
  await person.ask('Where does our money go?', person.device(name), person.thread('thread 1'));
});
