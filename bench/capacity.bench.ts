import { platformSecrets } from '../support/services/processes/platform-process';
import { startServices } from '../support/services/start-services';
import { measure } from './capacity/measure';
import { needOf, PARTS, type Costs } from './capacity/model';
import type { Benchmark, Row } from './figures/row';

export const about =
  'what a connection, an event and a use of a model cost, and what 1,000, 100,000 and 1,000,000 open connections need';
/** What people do, to be replaced by what yours do. */
export const options = { 'questions-an-hour': 2, 'events-of-an-answer': 25, 'uses-of-a-question': 10 };

const SCALES = [1_000, 100_000, 1_000_000];
const UNITS: Readonly<Record<keyof Costs, readonly [what: string, unit: string]>> = {
  connectionKib: ['an open connection: memory of its instance', 'KiB'],
  connectionUs: ['  processor time of its instance, a second', 'us'],
  connectionTransactions: ['  transactions of PostgreSQL', '/s'],
  connectionCommands: ['  commands of Redis', '/s'],
  connectionRedisKib: ['  memory of Redis', 'KiB'],
  eventUs: ['an event, stored and shown to ten devices: processor time', 'us'],
  eventCommits: ['  commits of PostgreSQL', ''],
  eventCommands: ['  commands of Redis', ''],
  eventBytes: ['  on the disk of PostgreSQL', 'bytes'],
  usageBytes: ['a use of a model: on the disk of ClickHouse', 'bytes'],
  maxTransactions: ['one server does at most: PostgreSQL, single inserts', '/s'],
  maxCommands: ['  Redis, a script that writes', '/s'],
  maxUsageRows: ['  ClickHouse, uses in reports of 1,000, one company', '/s'],
};

/** Inputs are measured, and no target is set: the model says what follows from them. */
const benchmark: Benchmark = async (say, given) => {
  Object.assign(process.env, platformSecrets(process.env));
  const services = await startServices(new Set(['postgres', 'redis', 'clickhouse']), { onProgress: say });
  Object.assign(process.env, services.env);
  try {
    const costs = await measure(services.env, say);
    const load = {
      questionsAnHour: given['questions-an-hour'] as number,
      eventsOfAnAnswer: given['events-of-an-answer'] as number,
      usesOfAQuestion: given['uses-of-a-question'] as number,
    };
    const inputs = Object.entries(UNITS).map(([key, [name, unit]]) => row(name, costs[key as keyof Costs], unit));
    return [...inputs, ...SCALES.flatMap((connections) => needRows(costs, { connections, ...load }))];
  } finally {
    await services.stop();
  }
};
export default benchmark;

function needRows(costs: Costs, load: Parameters<typeof needOf>[1]): Row[] {
  const need = needOf(costs, load);
  return [
    row(`${load.connections.toLocaleString('en')} open connections: instances`, need.instances, ''),
    row('  transactions of PostgreSQL', need.transactions, '/s'),
    row('  commands of Redis', need.commands, '/s'),
    row('  memory of Redis', need.redisMib, 'MiB'),
    row('  events on the disk of PostgreSQL', need.eventGibADay, 'GiB a day'),
    row('  uses on the disk of ClickHouse', need.usageGibAMonth, 'GiB a month'),
    ...PARTS.slice(2).map((part) => {
      const isFirst = part === need.first ? ', gives way first' : '';
      return row(`  servers like this one: ${part}${isFirst}`, need.servers[part], '');
    }),
  ];
}

function row(name: string, ours: number, unit: string): Row {
  return { name, ours, unit, target: '', met: true };
}
