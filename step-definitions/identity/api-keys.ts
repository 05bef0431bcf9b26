import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { eventually } from '../../world/eventually';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';

Given('{person} has made an API key for {string}', function (this: RevenueWorld, by: Person, scope: string) {
  return this.apiKeys.make(by, scope);
});

When('{person} makes an API key for {string}', function (this: RevenueWorld, by: Person, scope: string) {
  return this.apiKeys.make(by, scope);
});

When('{person} revokes the key', function (this: RevenueWorld, by: Person) {
  return this.apiKeys.revoke(by);
});

When('a program with that key tries everything', function (this: RevenueWorld) {
  return this.apiKeys.tryEverything();
});

Then(
  /^it may (.+), and is refused everything else as "(.+)"$/,
  function (this: RevenueWorld, words: string, code: string) {
    const acts = words.split(', ');
    expect(this.apiKeys.allowed).to.have.members(acts);
    const refused = [...this.apiKeys.outcomes].filter(([what]) => !acts.includes(what));
    expect(new Set(refused.map(([, told]) => told))).to.deep.equal(new Set([code]));
  },
);

Given('a program with that key is connected', function (this: RevenueWorld) {
  return this.apiKeys.connect();
});

Given('a program with that key is connected there', function (this: RevenueWorld) {
  return this.apiKeys.connect(this.operations.serving().url);
});

Then(
  'within {duration} calls of the program are refused as {string}',
  function (this: RevenueWorld, limitMs: number, code: string) {
    return eventually(async () => expect(await this.apiKeys.answer()).to.equal(code), limitMs);
  },
);

Then(
  'within {duration} the connection of the program is closed with {int}',
  function (this: RevenueWorld, limitMs: number, code: number) {
    return eventually(() => expect(this.apiKeys.closedWith).to.equal(code), limitMs);
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

Then(
  /^they are told (done|not_allowed), (done|not_allowed), (not_found|not_allowed)$/,
  function (this: RevenueWorld, made: string, listed: string, revoked: string) {
    expect(this.apiKeys.told).to.deep.equal([made, listed, revoked]);
  },
);
