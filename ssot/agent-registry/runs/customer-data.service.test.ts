import { deepEqual, equal } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { QUESTION, RegistryTest } from '../../../support/module-tests/agent-registry/registry-test';
import { countedOf, exportedOf } from '../../../support/module-tests/customer-data/told-of';
import { stores } from '../../../support/module-tests/stores';
import { sql, vouchFor, type RunId, type Subject, type TenantId } from '../../kernel';
import { eventually } from '../../../world/eventually';
import { agentCustomerData } from './customer-data';

test('SP-09 the questions of whoever is erased are gone, one under way stops, and a colleague keeps theirs', async () => {
  await using t = new RegistryTest();
  await t.hold('optimisation', 'Dana');
  const [his, hers] = [(await t.ask('Ravi', 'What can we save?')).runId, t.accepted[0]?.runId];
  const instance = await t.instance();
  const { customerData } = instance;
  const [dana, ravi] = (['Dana', 'Ravi'] as const).map((name) => {
    const { tenantId, userId } = t.contextOf(name);
    return { tenantId, userId };
  });
  if (dana === undefined || ravi === undefined || hers === undefined) throw new Error('nobody has asked');
  const exported = await exportedOf(customerData, dana);
  deepEqual(
    exported.filter(({ place }) => place === 'runs').map(({ record }) => (record as { question: string }).question),
    [QUESTION],
  );
  const { runs, tool_calls: calls } = await countedOf(customerData, dana);
  deepEqual([runs, Number(calls) > 0], [1, true]);
  await customerData.erase(dana);
  deepEqual(await countedOf(customerData, dana), { runs: 0, tool_calls: 0, published_reports: 0 });
  equal(await t.table.stateOf(hers), 'unknown');
  equal((await countedOf(customerData, ravi))['runs'], 1);
  t.resume();
  await t.runIs('completed', his);
  await eventually(() => equal(instance.health().running, 0));
});

const NOW = new Date('2026-09-10T09:00:00Z');

/** So many runs of somebody, each with a report, a tool call and a publication; the last has not ended. */
async function ask(tenantId: TenantId, count: number): Promise<{ subject: Required<Subject>; runs: readonly RunId[] }> {
  const { ids } = stores;
  const userId = ids.next('user');
  const runs = Array.from({ length: count }, () => ids.next('run'));
  const calls = runs.map(() => ids.next('call'));
  const ctx = vouchFor({ tenantId, userId, plan: 'free', permissions: [] });
  const db = await stores.database();
  await db.transaction(ctx, async (tx) => {
    await tx.execute(sql`
      insert into runs (tenant_id, id, thread_id, user_id, client_message_id, question, as_of, created_at, report, state, ended_at)
      select ${tenantId}, id, ${ids.next('thread')}, ${userId}, id, 'Question ' || at, ${NOW}, ${NOW}, jsonb_build_object('at', at),
        case at when ${count} then 'queued' else 'completed' end, case at when ${count} then null else ${NOW}::timestamptz end
      from unnest(${runs}::text[]) with ordinality as each (id, at)`);
    await tx.execute(sql`
      insert into tool_calls (tenant_id, run_id, call_id, agent, tool, args, result, started_at)
      select ${tenantId}, id, call, 'data', 'price_list', '{"some":1}'::jsonb, '{"other":2}'::jsonb, ${NOW}
      from unnest(${runs}::text[], ${calls}::text[]) as each (id, call)`);
    await tx.execute(sql`
      insert into published_reports (tenant_id, run_id, user_id, report, published_at)
      select ${tenantId}, id, ${userId}, '{}'::jsonb, ${NOW} from unnest(${runs}::text[]) as each (id)`);
  });
  return { subject: { tenantId, userId }, runs };
}

const each = (rows: number): object => ({ runs: rows, tool_calls: rows, published_reports: rows });

describe('questions as customer data', () => {
  for (const count of [99, 100, 101, 200]) {
    test(`SP-09 all ${count} questions of a person are handed over once and erased, and a colleague keeps theirs`, async () => {
      const stopped: RunId[] = [];
      const data = agentCustomerData(await stores.database(), (id) => stopped.push(id));
      const tenantId = stores.ids.next('tenant');
      const [dana, ravi] = [await ask(tenantId, count), await ask(tenantId, 2)];
      deepEqual(await countedOf(data, dana.subject), each(count));
      const records = await exportedOf(data, dana.subject);
      const runs = records.flatMap(({ place, record }) =>
        place === 'runs' ? [(record as { runId: RunId }).runId] : [],
      );
      deepEqual([runs.toSorted(), records.length], [dana.runs.toSorted(), 2 * count]);
      await data.erase(dana.subject);
      deepEqual([await countedOf(data, dana.subject), await countedOf(data, ravi.subject)], [each(0), each(2)]);
      deepEqual([stopped, await exportedOf(data, dana.subject)], [dana.runs.slice(-1), []]);
    });
  }

  test('SP-09 a question is handed over with all that is kept of it, in the words of the API', async () => {
    const data = agentCustomerData(await stores.database(), () => undefined);
    const { subject, runs } = await ask(stores.ids.next('tenant'), 1);
    const [run, call] = (await exportedOf(data, subject)) as { place: string; record: Record<string, unknown> }[];
    deepEqual(run, {
      place: 'runs',
      record: {
        runId: runs[0],
        userId: subject.userId,
        threadId: run?.record['threadId'],
        question: 'Question 1',
        state: 'queued',
        report: { at: 1 },
        createdAt: NOW.toISOString(),
        publishedAt: NOW.toISOString(),
      },
    });
    deepEqual(call, {
      place: 'tool_calls',
      record: {
        runId: runs[0],
        callId: call?.record['callId'],
        tool: 'price_list',
        args: { some: 1 },
        result: { other: 2 },
      },
    });
    equal(data.name, 'agents');
  });

  test('SP-09 a company is erased with all its people, and its neighbour is not', async () => {
    const data = agentCustomerData(await stores.database(), () => undefined);
    const [acme, birch] = [stores.ids.next('tenant'), stores.ids.next('tenant')];
    for (const tenantId of [acme, acme, birch]) await ask(tenantId, 2);
    deepEqual(
      [await countedOf(data, { tenantId: acme }), (await exportedOf(data, { tenantId: acme })).length],
      [each(4), 8],
    );
    await data.erase({ tenantId: acme });
    deepEqual(
      [await countedOf(data, { tenantId: acme }), await countedOf(data, { tenantId: birch })],
      [each(0), each(2)],
    );
  });
});
