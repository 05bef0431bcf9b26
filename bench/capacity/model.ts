/** What one of each costs, as measured; a server is one like this machine's. */
export interface Costs {
  /** Memory of the instance for an open connection, KiB. */
  readonly connectionKib: number;
  /** Processor time of the instance for an open connection, microseconds a second. */
  readonly connectionUs: number;
  /** Transactions of PostgreSQL for an open connection, a second. */
  readonly connectionTransactions: number;
  /** Commands of Redis for an open connection, a second, and its memory there, KiB. */
  readonly connectionCommands: number;
  readonly connectionRedisKib: number;
  /** Processor time of the instance for an event that is stored and shown to its devices, microseconds. */
  readonly eventUs: number;
  /** Transactions of PostgreSQL that change something. */
  readonly eventCommits: number;
  readonly eventCommands: number;
  /** In PostgreSQL, with its indexes. */
  readonly eventBytes: number;
  /** In ClickHouse, compressed. */
  readonly usageBytes: number;
  /** What one server of each does at the most: transactions that change something, commands, and rows of reports of 1,000, a second. */
  readonly maxTransactions: number;
  readonly maxCommands: number;
  readonly maxUsageRows: number;
}

/** What people do. Assumptions, all of them: give your own. */
export interface Load {
  readonly connections: number;
  /** Of each connection. */
  readonly questionsAnHour: number;
  readonly eventsOfAnAnswer: number;
  /** Uses of models that companies report for each question. */
  readonly usesOfAQuestion: number;
}

export const PARTS = ['memory of instances', 'processors of instances', 'PostgreSQL', 'Redis', 'ClickHouse'] as const;
export type Part = (typeof PARTS)[number];

export interface Need {
  /** Instances, by the limit of connections of each, its memory and its one processor. */
  readonly instances: number;
  readonly transactions: number;
  readonly commands: number;
  readonly redisMib: number;
  readonly usageRows: number;
  readonly eventGibADay: number;
  readonly usageGibAMonth: number;
  /** How many servers like this machine's each part needs; the part with the most gives way first. */
  readonly servers: Readonly<Record<Part, number>>;
  readonly first: Part;
}

/** `websocket-manager/gateway.ts` refuses the next one. */
export const CONNECTIONS_OF_AN_INSTANCE = 10_000;
/** Of a container with 1 GiB, as much as open connections may take beside the platform itself. */
const INSTANCE_MIB = 512;
/** Busier than this, everybody waits for everybody. */
const BUSY = 0.7;
const DAY_S = 86_400;

/** What so many open connections need, from what one costs. */
export function needOf(costs: Costs, load: Load): Need {
  const { connections } = load;
  const questions = (connections * load.questionsAnHour) / 3_600;
  const events = questions * load.eventsOfAnAnswer;
  const usageRows = questions * load.usesOfAQuestion;
  const processors = (connections * costs.connectionUs + events * costs.eventUs) / 1e6 / BUSY;
  const memory = (connections * costs.connectionKib) / 1_024 / INSTANCE_MIB;
  const transactions = connections * costs.connectionTransactions + events * costs.eventCommits;
  const commands = connections * costs.connectionCommands + events * costs.eventCommands;
  const servers = {
    'memory of instances': memory,
    'processors of instances': processors,
    PostgreSQL: transactions / costs.maxTransactions / BUSY,
    Redis: commands / costs.maxCommands / BUSY,
    ClickHouse: usageRows / costs.maxUsageRows / BUSY,
  } satisfies Record<Part, number>;
  // Instances are many by design: what gives way is what there is one of.
  const single = PARTS.slice(2).toSorted((a, b) => servers[b] - servers[a]);
  return {
    instances: Math.ceil(Math.max(connections / CONNECTIONS_OF_AN_INSTANCE, memory, processors)),
    transactions,
    commands,
    redisMib: (connections * costs.connectionRedisKib) / 1_024,
    usageRows,
    eventGibADay: (events * costs.eventBytes * DAY_S) / 2 ** 30,
    usageGibAMonth: (usageRows * costs.usageBytes * DAY_S * 30) / 2 ** 30,
    servers,
    first: single[0] as Part,
  };
}
