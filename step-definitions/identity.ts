import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Permission, Plan } from '../ssot/kernel';
import { eventually } from '../world/eventually';
import type { Circumstances } from '../world/modules/auth/genuine-tokens';
import { meaningOf } from '../world/known';
import type { Person, Tab } from '../world/actors/person';
import type { RevenueWorld } from '../world/revenue-world';
import type { Tenant } from '../world/actors/tenant';

const RIGHTS: Readonly<Record<string, Permission>> = {
  'own account': 'account:use',
  chat: 'chat:use',
  'read usage': 'usage:read',
  'report usage': 'usage:write',
  'manage people': 'people:manage',
  'read settings': 'settings:read',
  'change settings': 'settings:write',
  'publish reports': 'reports:publish',
  'read the audit trail': 'audit:read',
  'manage owners': 'owners:manage',
  'manage single sign-on': 'sso:manage',
  'manage keys': 'keys:manage',
};

Given('{person} is registered', (person: Person) => person.register());

Given('{person} has signed in', (person: Person) => person.signIn());

Given('{people} have signed in', async (people: readonly Person[]) => {
  for (const person of people) await person.signIn();
});

When('{person} signs in', (person: Person) => person.signIn());

Then(
  '{person} is known as {word} of {tenant}, on the {plan} plan, who may use the chat',
  async (person: Person, name: string, tenant: Tenant, plan: Plan) =>
    expect(await person.knownAs()).to.deep.equal({ name, company: tenant.name, plan, mayChat: true, isSelf: true }),
);

Then('a live connection knows {person} too', async (person: Person) =>
  expect((await person.openDevice('laptop')).controls('welcome')).to.have.lengthOf(1),
);

When(
  "somebody shows {token} in Dana's name",
  async function (this: RevenueWorld, forge: (genuine: string) => Promise<string>) {
    this.intruder.token = await forge((await this.cast.lastNamed().signIn()).accessToken);
  },
);

Then('calls refuse it because {refusal}', async function (this: RevenueWorld, code: string) {
  expect(await this.intruder.refusalOfCalls()).to.equal(code);
});

Then('the live connection refuses it because {refusal}', async function (this: RevenueWorld, code: string) {
  expect(await this.intruder.refusalOfLine()).to.deep.equal({ code: 4401, reason: code });
});

When('somebody tries to sign in with {credentials}', async function (this: RevenueWorld, whose: 'known' | 'unknown') {
  await this.intruder.guess(whose === 'known' ? this.cast.lastNamed().email : 'nobody@nowhere.example');
});

Then('they are told {string} and get no token', function (this: RevenueWorld, sentence: string) {
  expect(this.intruder.told).to.equal(sentence);
  expect(this.intruder.gotToken).to.equal(false);
});

Given(
  '{person} has been given a token {genuine-token}',
  function (this: RevenueWorld, person: Person, circumstances: Circumstances) {
    return this.genuine.give(person, circumstances);
  },
);

When('it is shown to the platform', function (this: RevenueWorld) {
  return this.genuine.show();
});

Then('that is {outcome}', function (this: RevenueWorld, answer: string) {
  expect(this.genuine.answer).to.equal(answer);
});

When('{person} ask what they may do', async function (this: RevenueWorld, person: Person) {
  this.rights = await person.permissions();
});

Then(/^it is exactly this: (.+)$/, function (this: RevenueWorld, rights: string) {
  expect(this.rights).to.have.members(rights.split(', ').map((right) => meaningOf('right', right, RIGHTS)));
});

When('{person} sign(s)/(has )signed in on {devices}', async (person: Person, devices: readonly string[]) => {
  for (const device of devices) await (await person.signInOn(device)).openConnection();
});

Given('{person} have signed in on {int} more devices', async (person: Person, count: number) => {
  await person.signInOnMany(count, 'one by one');
});

When('{person} signs in on {int} devices at once', (person: Person, count: number) =>
  person.signInOnMany(count, 'at once'),
);

Then('{int} of his devices are known to calls', async function (this: RevenueWorld, count: number) {
  const answers = await this.cast.lastNamed().callOnEach();
  expect(answers.filter((answer) => answer === 'known')).to.have.lengthOf(count);
  expect(new Set(answers)).to.deep.equal(new Set(['known', 'session_ended']));
});

Then('{tab} is told {string}', async ({ person, name }: Tab, sentence: string) =>
  expect(await person.session(name).toldByCalls()).to.equal(sentence),
);

When('{tab} renews/(has )renewed its sign-in', ({ person, name }: Tab) => person.session(name).renew());

When('{tab} renews its sign-in twice', async ({ person, name }: Tab) => {
  await person.session(name).renew();
  await person.session(name).renew();
});

Then('each time it has a new pair for the same sign-in, and is let in', async function (this: RevenueWorld) {
  const { pairs } = this.cast.lastNamed().session('laptop');
  expect(new Set(pairs.map((pair) => pair.refreshToken))).to.have.property('size', 3);
  expect(new Set(pairs.map((pair) => pair.sessionId))).to.have.property('size', 1);
  expect(await this.cast.lastNamed().session('laptop').call()).to.equal('known');
});

Then('its first renewal is refused because {refusal}', async function (this: RevenueWorld, code: string) {
  const laptop = this.cast.lastNamed().session('laptop');
  expect(await laptop.showRenewal(laptop.nth(0).refreshToken)).to.equal(code);
});

When('{tab} renews its sign-in, loses the reply and asks again', async ({ person, name }: Tab) => {
  const { refreshToken } = person.session(name).pair;
  await person.session(name).renew(refreshToken);
  await person.session(name).renew(refreshToken);
});

Then('both replies hold the same renewal, and it is let in', async function (this: RevenueWorld) {
  const laptop = this.cast.lastNamed().session('laptop');
  expect(laptop.nth(-1).refreshToken).to.equal(laptop.nth(-2).refreshToken);
  expect(await laptop.call()).to.equal('known');
});

When(
  'somebody shows the used renewal of {tab} on a device of their own',
  function (this: RevenueWorld, { person, name }: Tab) {
    return this.intruder.renewWith(person.session(name).nth(-2).refreshToken);
  },
);

When('{person} ends the sign-in of {tab}', (person: Person, { name }: Tab) => person.session(name).signOut());

Then(
  'within {duration} calls and renewal of {tab} are refused because {refusal}',
  async (limitMs: number, { person, name }: Tab, code: string) => {
    const session = person.session(name);
    await eventually(async () => expect(await session.call()).to.equal(code), limitMs);
    expect(await session.showRenewal(session.pair.refreshToken)).to.equal(code);
  },
);

Then(
  'within {duration} calls, renewal and live connection of {tab} end because {refusal}',
  async (limitMs: number, { person, name }: Tab, code: string) =>
    expect(await person.session(name).endWithin(limitMs, code)).to.deep.equal([code, code, 'closed with 4401']),
);

Then('within {duration} the live connection of {tab} is closed', (limitMs: number, { person, name }: Tab) =>
  eventually(async () => expect(await person.session(name).connectionIs()).to.equal('closed with 4401'), limitMs),
);

Then('{tab} goes on', async ({ person, name }: Tab) => {
  expect(await person.session(name).call()).to.equal('known');
  expect(await person.session(name).connectionIs()).to.equal('open');
});
