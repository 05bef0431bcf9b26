import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../../support/phrases';
import { eventually } from '../../world/eventually';
import { meaningOf } from '../../world/known';
import { REFUSALS } from '../../world/refusals';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

/** What somebody is told who makes a key, lists the keys and revokes one of Acme's. */
phrases<readonly string[]>('told-of-keys', {
  'three times that the right to it is missing': ['not_allowed', 'not_allowed', 'not_allowed'],
  'of none that is not their own': ['done', 'done', 'not_found'],
});

When('{person} makes/(has )made an API key for {string}', function (this: RevenueWorld, by: Person, scope: string) {
  return this.apiKeys.make(by, scope);
});

When('{person} revokes the key', function (this: RevenueWorld, by: Person) {
  return this.apiKeys.revoke(by);
});

When('a program with that key tries everything', function (this: RevenueWorld) {
  return this.apiKeys.tryEverything();
});

Then(
  /^it may (.+), and is refused everything else because (.+)$/,
  function (this: RevenueWorld, words: string, reason: string) {
    const acts = words.split(', ');
    expect(this.apiKeys.allowed).to.have.members(acts);
    const refused = [...this.apiKeys.outcomes].filter(([what]) => !acts.includes(what));
    expect(new Set(refused.map(([, told]) => told))).to.deep.equal(new Set([meaningOf('reason', reason, REFUSALS)]));
  },
);

Given('a program with that key is connected', function (this: RevenueWorld) {
  return this.apiKeys.connect();
});

Given('a program with that key is connected there', function (this: RevenueWorld) {
  return this.apiKeys.connect(this.operations.serving().url);
});

Then(
  'within {duration} calls of the program are refused because {refusal}',
  function (this: RevenueWorld, limitMs: number, code: string) {
    return eventually(async () => expect(await this.apiKeys.answer()).to.equal(code), limitMs);
  },
);

Then(
  'within {duration} calls and live connection of the program end because {refusal}',
  function (this: RevenueWorld, limitMs: number, code: string) {
    return eventually(
      async () => expect([await this.apiKeys.answer(), this.apiKeys.closedWith]).to.deep.equal([code, 4401]),
      limitMs,
    );
  },
);

Then(
  "{word}'s list shows the key with {string}, for {duration}, and not its secret",
  async function (this: RevenueWorld, _: string, scope: string, ms: number) {
    const listed = await this.apiKeys.list(this.cast.person('Ada'));
    const { secret, keyId } = this.apiKeys.key;
    expect(listed.map((key) => [key.keyId, key.scopes])).to.deep.equal([[keyId, [scope]]]);
    const [key] = listed;
    expect(Date.parse(key?.expiresAt ?? '') - Date.parse(key?.createdAt ?? '')).to.equal(ms);
    expect(JSON.stringify(listed)).to.not.include(secret.split('.')[1]);
  },
);

When('{person} tries to make, list and revoke a key of Acme', function (this: RevenueWorld, by: Person) {
  return this.apiKeys.overreach(by);
});

Then('they are told {told-of-keys}', function (this: RevenueWorld, told: readonly string[]) {
  expect(this.apiKeys.told).to.deep.equal(told);
});
