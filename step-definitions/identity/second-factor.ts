import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../../support/phrases';
import type { FreshProof } from '../../world/modules/auth/fresh-proof';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

phrases<'app' | 'backup'>('factor-code', { 'the same code of her app': 'app', 'the same backup code': 'backup' });
phrases<'at once' | 'one after the other'>('order', {
  'at once': 'at once',
  'one after the other': 'one after the other',
});
phrases<(proof: FreshProof) => Promise<void>>('sensitive-act', {
  'changes a role': (proof) => proof.changeRole(),
  'makes an API key': (proof) => proof.makeKey(),
  'signs out her other devices': (proof) => proof.signOutOthers(),
  'proves with her password that it is her, and makes an API key': (proof) => proof.proveAndMakeKey(),
});

When('{person} sets/(has )set up a second factor( elsewhere)', function (this: RevenueWorld, person: Person) {
  return this.factors.setUp(person);
});

Given('{person} has begun to set up a second factor', function (this: RevenueWorld, person: Person) {
  return this.factors.begin(person);
});

When('{person} signs in with her password alone', function (this: RevenueWorld, person: Person) {
  return this.factors.showPassword(person);
});

Then(
  '{person} is asked for a code, and what she was given opens nothing',
  async function (this: RevenueWorld, person: Person) {
    expect(await this.factors.tryPending(person)).to.deep.equal(['token_invalid', 'refresh_invalid']);
  },
);

Then('with the code of her app {person} is in', async function (this: RevenueWorld, person: Person) {
  expect(await this.factors.showCode(person)).to.equal('let in');
});

When(
  'somebody who knows her password tries {int} wrong codes in each of {int} sign-ins, and then the right one',
  function (this: RevenueWorld, perSignIn: number, signIns: number) {
    return this.factors.guess(this.cast.lastNamed(), perSignIn, signIns);
  },
);

Then(
  '{int} codes were wrong, and the right one has to wait for {duration}',
  function (this: RevenueWorld, wrong: number, ms: number) {
    expect(this.factors.outcomes).to.deep.equal([...Array<string>(wrong).fill('code_invalid'), 'rate_limited']);
    expect(this.factors.waitMs).to.be.within(ms - 20_000, ms);
  },
);

When(
  '{person} signs in twice with {factor-code}, {order}',
  function (this: RevenueWorld, person: Person, what: 'app' | 'backup', how: 'at once' | 'one after the other') {
    return this.factors.twice(person, what, how);
  },
);

Then(
  'one of the two is let in, and the other is refused because {refusal}',
  function (this: RevenueWorld, code: string) {
    expect([...this.factors.outcomes].sort()).to.deep.equal([code, 'let in']);
  },
);

Given('{person} signed in {duration} ago', function (this: RevenueWorld, person: Person, agoMs: number) {
  return this.freshProof.signedIn(person, agoMs);
});

When('she {sensitive-act}', function (this: RevenueWorld, act: (proof: FreshProof) => Promise<void>) {
  return act(this.freshProof);
});

Then('her attempt is {outcome}', function (this: RevenueWorld, answer: string) {
  expect(this.freshProof.answer).to.equal(answer);
});

When("{person} removes Dana's second factor", function (this: RevenueWorld, by: Person) {
  return this.factors.remove(by, this.cast.named('Dana'));
});
