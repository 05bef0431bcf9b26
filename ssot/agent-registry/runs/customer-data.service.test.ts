import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { QUESTION, RegistryTest } from '../../../support/module-tests/agent-registry/registry-test';
import type { ExportRecord } from '../../kernel';
import { eventually } from '../../../world/eventually';

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
  const exported: ExportRecord[] = [];
  for await (const record of customerData.export(dana)) exported.push(record);
  deepEqual(
    exported.filter(({ place }) => place === 'runs').map(({ record }) => (record as { question: string }).question),
    [QUESTION],
  );
  const rowsOf = async (subject: typeof dana): Promise<Readonly<Record<string, number>>> =>
    Object.fromEntries((await customerData.count(subject)).map(({ place, rows }) => [place, rows]));
  const { runs, tool_calls: calls } = await rowsOf(dana);
  deepEqual([runs, Number(calls) > 0], [1, true]);
  await customerData.erase(dana);
  deepEqual(await rowsOf(dana), { runs: 0, tool_calls: 0, published_reports: 0 });
  equal(await t.table.stateOf(hers), 'unknown');
  equal((await rowsOf(ravi))['runs'], 1);
  t.resume();
  await eventually(() => equal(instance.health().running, 0));
  equal(await t.table.stateOf(his), 'completed');
});
