import { open } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ConfigurationRefused, CONFIGURATION_REFUSED_STATUS, loadBase } from '../../ssot/configuration-manager';
import { openDatabase } from '../../ssot/database-manager';
import {
  createIdSource,
  describeId,
  ID_KINDS,
  idSchemaChanges,
  openMigration,
  postgresLedger,
  readId,
  type IdKind,
  type Migration,
  type Refusal,
} from '../../ssot/id-manager';
import {
  noMetrics,
  PlatformError,
  silentLogger,
  systemClock,
  systemRandom,
  vouchFor,
  type Logger,
  type TenantContext,
} from '../../ssot/kernel';
import { readBatches } from './records';

export const USAGE = `Usage: npm run migrate-ids -- <command> --tenant <tenant id> [--name <migration>]

Moves the records of a company from plain UUIDs to ids. Every command can be stopped, killed and repeated.

  import <file>           imports the records of a file, or of standard input with "-"; one JSON object a line:
                          {"kind":"thread","legacy":"<UUID>"}
                          {"kind":"run","legacy":"<UUID>","parent":{"kind":"thread","legacy":"<UUID>"}}
  report                  prints what is imported, refused and orphaned, and whether the company may cut over
  withdraw <kind> <UUID>  removes a refused or orphaned record that was corrected at its source
  resolve <kind> <UUID>   prints the id of an imported record
  cut-over                ends the migration; refused while a record is refused or its parent is missing
  describe <id>           prints what an id says: kind, UUID, origin, time (needs neither --tenant nor a database)

  --tenant <tenant id>    the company, tenant_ and 26 characters
  --name <migration>      for a company that migrates more than once (default: "import")

Kinds: ${ID_KINDS.join(', ')}.
The database is found by the environment variables of an instance.

Exit status: 0 done, 1 refused, 64 wrong usage, 75 the database did not answer (nothing is lost: run it again),
78 the configuration was refused.`;

export interface CommandIo {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

const EXIT = { done: 0, refused: 1, usage: 64, tryAgain: 75 } as const;

/** The arguments cannot be understood; the message says why. */
class UsageError extends Error {}

/** Runs one command; resolves with its exit status and never throws for what a caller can put right. */
export async function migrateIds(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await run(args, io);
  } catch (error) {
    if (error instanceof ConfigurationRefused) {
      io.err(error.message);
      return CONFIGURATION_REFUSED_STATUS;
    }
    if (error instanceof UsageError) {
      io.err(`${error.message}\n\n${USAGE}`);
      return EXIT.usage;
    }
    if (!(error instanceof PlatformError)) throw error;
    io.err(error.message);
    return error.retryable ? EXIT.tryAgain : EXIT.refused;
  }
}

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parsed(args);
  const [command = '', ...rest] = positionals;
  if (values.help === true) {
    io.out(USAGE);
    return EXIT.done;
  }
  if (command === 'describe') return describe(rest[0], io);
  const act = actionOf(command, rest, io);
  const tenant = readId('tenant', values.tenant, '--tenant');
  if (!tenant.ok) throw new UsageError(tenant.error.message);

  const logger: Logger = { ...silentLogger, info: (facts, message) => io.err(`${message}: ${JSON.stringify(facts)}`) };
  const ports = { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics };
  const { stores } = (await loadBase({ variables: io.variables, clock: systemClock, log: silentLogger })).settings;
  await using database = await openDatabase(
    {
      url: stores.postgresUrl.reveal(),
      ownerUrl: stores.postgresOwnerUrl.reveal(),
      serviceUrl: stores.postgresServiceUrl.reveal(),
      changes: idSchemaChanges,
    },
    ports,
  );
  const ids = createIdSource({ ...ports, logger });
  const ctx: TenantContext = vouchFor({
    tenantId: tenant.value,
    userId: ids.next('user'),
    plan: 'enterprise',
    permissions: [],
  });
  const deps = { ledger: postgresLedger(database), clock: systemClock, ids, logger };
  await using migration = await openMigration(ctx, values.name, deps);
  return await act(migration);
}

function parsed(args: readonly string[]): {
  values: { help?: boolean; tenant?: string; name: string };
  positionals: string[];
} {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        tenant: { type: 'string' },
        name: { type: 'string', default: 'import' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

type Action = (migration: Migration) => Promise<number>;

function actionOf(command: string, rest: readonly string[], io: CommandIo): Action {
  switch (command) {
    case 'import':
      return importFrom(required(rest[0], 'import needs a file, or - for standard input.'), io);
    case 'report':
      return (migration) => report(migration, io);
    case 'cut-over':
      return (migration) => cutOver(migration, io);
    case 'withdraw':
    case 'resolve': {
      const kind = kindOf(rest[0]);
      const legacy = required(rest[1], `${command} needs a kind and a UUID.`);
      return command === 'withdraw'
        ? (migration) => withdraw(migration, kind, legacy, io)
        : (migration) => resolve(migration, kind, legacy, io);
    }
    default:
      throw new UsageError(command === '' ? 'A command is missing.' : `There is no command "${command}".`);
  }
}

function importFrom(file: string, io: CommandIo): Action {
  return async (migration) => {
    const input = file === '-' ? io.stdin : await readable(file);
    const total = { converted: 0, already: 0, refused: 0 };
    for await (const batch of readBatches(input)) {
      const { converted, already, refused } = await migration.add(batch);
      total.converted += converted;
      total.already += already;
      total.refused += refused.length;
      for (const refusal of refused) io.err(refusedLine(refusal));
    }
    const { converted, already, refused } = total;
    io.out(`${converted} converted, ${already} already imported, ${refused} refused`);
    return refused === 0 ? EXIT.done : EXIT.refused;
  };
}

async function readable(file: string): Promise<NodeJS.ReadableStream> {
  try {
    return (await open(file)).createReadStream();
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

async function report(migration: Migration, io: CommandIo): Promise<number> {
  const { seen, converted, refused, orphans, mayCutOver } = await migration.report();
  io.out(`${seen} seen, ${converted} converted, ${refused.length} refused, ${orphans.length} orphaned`);
  for (const refusal of refused) io.out(refusedLine(refusal));
  for (const { kind, legacy, parent } of orphans) {
    io.out(`orphaned: ${kind} ${legacy}, because ${parent?.kind} ${parent?.legacy} is not imported`);
  }
  io.out(mayCutOver ? 'may cut over' : 'may not cut over yet');
  return EXIT.done;
}

async function cutOver(migration: Migration, io: CommandIo): Promise<number> {
  await migration.cutOver();
  io.out('cut over');
  return EXIT.done;
}

async function withdraw(migration: Migration, kind: IdKind, legacy: string, io: CommandIo): Promise<number> {
  const withdrawn = await migration.withdraw(kind, legacy);
  io.out(withdrawn ? 'withdrawn' : 'nothing to withdraw: no refused or orphaned record has this kind and UUID');
  return withdrawn ? EXIT.done : EXIT.refused;
}

async function resolve(migration: Migration, kind: IdKind, legacy: string, io: CommandIo): Promise<number> {
  const id = await migration.resolve(kind, legacy);
  io.out(id ?? 'not imported');
  return id === undefined ? EXIT.refused : EXIT.done;
}

function describe(text: string | undefined, io: CommandIo): number {
  const facts = describeId(required(text, 'describe needs an id.'), systemClock);
  if (!facts.ok) throw facts.error;
  const { kind, uuid, origin, issuedAt, ahead } = facts.value;
  io.out(JSON.stringify({ kind, uuid, origin, issuedAt, ahead }));
  return EXIT.done;
}

function refusedLine({ kind, legacy, reason }: Refusal): string {
  return `refused: ${kind} ${legacy}, ${reason}`;
}

function kindOf(text: string | undefined): IdKind {
  const kind = ID_KINDS.find((known) => known === text);
  if (kind === undefined) throw new UsageError(`"${text ?? ''}" is no kind. Known are ${ID_KINDS.join(', ')}.`);
  return kind;
}

function required(text: string | undefined, problem: string): string {
  if (text === undefined || text === '') throw new UsageError(problem);
  return text;
}
