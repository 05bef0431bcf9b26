import { Given, Then, When, type DataTable } from '@cucumber/cucumber';
import { expect } from 'chai';
import { toolCallsIn } from '../../world/modules/agent-registry/results';
import type { Store } from '../../world/operations/operations';
import type { Person, Tab } from '../../world/actors/person';
import type { RevenueWorld } from '../../world/revenue-world';
import type { Tenant } from '../../world/actors/tenant';

Given('{tenant} has made {count} calls of the feature {string}', (tenant: Tenant, count: number, feature: string) =>
  tenant.bringCallsOf(feature, count),
);

Given('{count} calls of {person} are recorded', async (count: number, person: Person) =>
  person.tenant.bringCallsOf('chat', count, await person.register()),
);

Then('{tab} shows these tools at work: {}', async ({ person, name }: Tab, tools: string) => {
  const shown = toolCallsIn(await person.answerOn(name));
  expect(shown.map(({ tool, outcome }) => (outcome === 'ok' ? tool : `${tool} ${outcome}`)).join(', ')).to.equal(tools);
});

Then('{tab} shows who used which tool:', async ({ person, name }: Tab, table: DataTable) => {
  const used = Object.groupBy(toolCallsIn(await person.answerOn(name)), ({ agent }) => agent);
  const rows = Object.entries(used).map(([specialist, calls = []]) => {
    return { specialist, tools: calls.map(({ tool }) => tool).join(', ') };
  });
  expect(rows).to.deep.equal(table.hashes());
});

Then('{tab} shows one answer, to {string}', async ({ person, name }: Tab, question: string) => {
  expect(await person.onlyAnswerOn(name)).to.deep.equal({ runs: 1, question });
});

When(
  'the operators suspend {tenant} while her usage is read, and {store} answers again',
  async function (this: RevenueWorld, tenant: Tenant, store: Store) {
    await this.failover.reading(this.cast.lastNamed());
    await tenant.suspend();
    this.operations.restore(store);
  },
);

Then(
  'the question has ended without an answer once the operators restore {tenant}',
  async function (this: RevenueWorld, tenant: Tenant) {
    const { type, data } = await this.questions.endingAfterSuspension(this.cast.lastNamed(), tenant);
    expect([type, (data as { code?: string }).code]).to.deep.equal(['agent_failed', 'tool_not_allowed']);
  },
);
