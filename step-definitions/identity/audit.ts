import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { phrases } from '../../support/phrases';
import { TAMPERINGS, type Tampering } from '../../world/modules/auth/audit-trails';
import type { Person } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';
import type { Tenant } from '../../world/actors/tenant';

phrases<Tampering>('tampering', TAMPERINGS);
phrases<string>('audited', {
  'a sign-in': 'sign_in',
  'a refused sign-in': 'sign_in_refused',
  'a changed role': 'role_changed',
  'a removal': 'person_removed',
  'a changed password': 'password_changed',
  'a changed plan': 'plan_changed',
  'a sign-out': 'signed_out',
  'a renewal used twice': 'renewal_reused',
});

Then(
  "Acme's audit trail has one entry more: by {words}, {audited}, about {words}",
  async function (this: RevenueWorld, who: string, what: string, whom: string) {
    const olga = this.cast.person('Olga');
    // Its beginning, Olga brought in, Olga signed in, Dana brought in; and the decision.
    const entries = await this.audit.read(olga);
    expect(entries).to.have.lengthOf(5);
    const people = [olga, this.cast.person('Dana')];
    expect(await this.audit.inWords(entries[0], people)).to.deep.equal([who, what, whom]);
  },
);

Then(
  "Acme's audit trail has exactly one entry for {audited}, by {word} about {words}",
  async function (this: RevenueWorld, what: string, who: string, whom: string) {
    const olga = this.cast.person('Olga');
    const entries = (await this.audit.read(olga)).filter(({ action }) => action === what);
    expect(entries).to.have.lengthOf(1);
    const people = [olga, this.cast.person('Dana')];
    expect(await this.audit.inWords(entries[0], people)).to.deep.equal([who, what, whom]);
  },
);

When('{person} reads and verifies the audit trail', function (this: RevenueWorld, by: Person) {
  return this.audit.readAndVerify(by);
});

Then(
  'it is intact, and holds each of its entries once, and none about {tenant}',
  async function (this: RevenueWorld, other: Tenant) {
    const olga = this.cast.person('Olga');
    const { entries } = this.audit;
    expect(await this.audit.verdict(olga)).to.deep.equal({ isIntact: true, entries: entries.length });
    expect(entries.map(({ seq }) => seq)).to.deep.equal(entries.map((_, i) => entries.length - i));
    const stranger = await this.cast.administratorOf(other.name).register();
    expect(JSON.stringify(entries))
      .to.include(await olga.register())
      .and.not.include(stranger);
  },
);

Then('both are refused because {refusal}, and nothing is read', function (this: RevenueWorld, code: string) {
  expect(this.audit.refusals).to.deep.equal([code, code]);
});

Given(
  'the operators have moved {tenant} {int} times between plans',
  function (this: RevenueWorld, tenant: Tenant, times: number) {
    return this.audit.movePlans(tenant, times, 'one by one');
  },
);

When(
  'the operators move {tenant} {int} times between plans at once',
  async function (this: RevenueWorld, tenant: Tenant, times: number) {
    await this.audit.remember(this.cast.lastNamed());
    await this.audit.movePlans(tenant, times, 'at once');
  },
);

Then("Acme's audit trail is intact, and {int} entries longer", async function (this: RevenueWorld, count: number) {
  const olga = this.cast.person('Olga');
  expect(await this.audit.added(olga)).to.have.lengthOf(count);
  expect((await this.audit.verdict(olga)).isIntact).to.equal(true);
});

When('somebody who holds the database {tampering}', function (this: RevenueWorld, what: Tampering) {
  return this.audit.tamper(this.cast.tenant('Acme'), what);
});

Then(
  "verifying Acme's trail finds entry {int}: {string}",
  async function (this: RevenueWorld, seq: number, detail: string) {
    const { isIntact, ...found } = await this.audit.verdict(this.cast.person('Olga'));
    expect([isIntact, found.seq, found.detail]).to.deep.equal([false, seq, detail]);
  },
);

Given(
  'the operators moved {tenant} between plans {duration} and {duration} ago',
  function (this: RevenueWorld, tenant: Tenant, firstMs: number, thenMs: number) {
    return this.agedTrail.moved(tenant, { firstMs, thenMs });
  },
);

When('what is too old is removed from the audit trails', function (this: RevenueWorld) {
  return this.agedTrail.keepUp();
});

Then(
  "the later of the two is the only entry of {word}'s audit trail, which is intact",
  async function (this: RevenueWorld, _: string) {
    const entries = await this.agedTrail.entries();
    expect(entries.map(({ action, details }) => [action, details['plan']])).to.deep.equal([
      ['plan_changed', 'enterprise'],
    ]);
    expect(await this.agedTrail.verdict()).to.deep.equal({ isIntact: true, entries: 1 });
  },
);

Given("nothing can be written into {word}'s audit trail", function (this: RevenueWorld, _: string) {
  return this.audit.holdEndOf(this.cast.tenant('Acme'));
});
