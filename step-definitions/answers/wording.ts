import { Given, Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { ModelManner } from '../../world/modules/agent-registry/model-server';
import { cents, latestReport } from '../../world/modules/agent-registry/reports';
import type { Person } from '../../world/actors/person';
import type { Tenant } from '../../world/actors/tenant';
import type { RevenueWorld } from '../../world/revenue-world';

/** Nobody else asks with it, so what is asked for other scenarios' questions is not counted. */
const OWN_KEY = 'sk-of-the-company-alone';

Given(
  'an instance of the platform is serving whose language model {manner}',
  function (this: RevenueWorld, manner: ModelManner) {
    return this.model.serve(manner);
  },
);

Given(
  'an instance of the platform is serving where the model that {tenant} has a key for {manner}',
  async function (this: RevenueWorld, tenant: Tenant, manner: ModelManner) {
    await this.model.serve(manner);
    await this.companySettings.set(this.cast.administratorOf(tenant.name), { 'model.key': OWN_KEY });
  },
);

Given(
  '{person} has been answered {string} {count} times',
  async function (this: RevenueWorld, person: Person, text: string, count: number) {
    for (let i = 0; i < count; i++) await person.askAndBeAnswered(text);
  },
);

Then('{report-of} is worded by the {wording}', async function (this: RevenueWorld, person: Person, by: string) {
  expect(await latestReport(person)).to.include({ wordedBy: by });
});

Then(
  '{report-of} is worded by the platform, and says what each saving is worth',
  async function (this: RevenueWorld, person: Person) {
    const { wordedBy, text, findings } = await latestReport(person);
    expect([wordedBy, findings.length > 0]).to.deep.equal(['rules', true]);
    const lines = text.split('\n');
    for (const { feature, model, saving } of findings) {
      const worth = `${cents(saving.amount)} ${saving.currency}`;
      expect(lines.filter((line) => line.includes(worth) && line.endsWith(`of ${feature} to ${model}.`))).not.to.be
        .empty;
    }
  },
);

Then(
  'the model was sent findings, and neither {string} nor {string} nor her company',
  async function (this: RevenueWorld, name: string, secret: string) {
    const person = this.cast.lastNamed();
    const hidden = [name, secret, person.email, person.tenant.name, ...(await person.ids())];
    expect(this.model.wereSent(['could be saved', ...hidden])).to.deep.equal(['could be saved']);
  },
);

Then('the model was asked {count} times, and not for this one', function (this: RevenueWorld, times: number) {
  expect(this.model.askedWith(OWN_KEY)).to.have.lengthOf(times);
});
