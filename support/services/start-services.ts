import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PlatformError, systemClock } from '../../ssot/kernel';
import { chosenProviders } from './choice';
import {
  PROVIDERS,
  SERVICES,
  ServiceError,
  TITLE,
  type Killable,
  type Provider,
  type Service,
  type Started,
  type Starting,
  type StartService,
  type Variables,
} from './contract';
import { refuseClickHouseContainer, startPostgresContainer, startRedisContainer } from './containers/start';
import { startEmbeddedClickHouse } from './embedded/clickhouse';
import { startEmbeddedPostgres } from './embedded/postgres';
import { startEmbeddedRedis } from './embedded/redis';
import { findClickHouse, findPostgres, findRedis } from './external/find';
import { watchForLoss, type Running } from './loss';
import { OwnedRun } from './processes/owned-run';
import { platformSecrets, startPlatformProcess } from './processes/platform-process';
import { stopOnSignals } from './processes/signals';

/** Services that have answered, and the way to end them. */
export interface RunningServices {
  /** Addresses under the names of `SPEC_*`, for whoever must find the services; with several sets, those of the first. */
  readonly env: Readonly<Record<string, string>>;
  /** The addresses of each set. */
  readonly sets: readonly Readonly<Record<string, string>>[];
  readonly timings: readonly { readonly service: Service | 'platform'; readonly ms: number }[];
  /** From the first step to the last answer, milliseconds. */
  readonly wallMs: number;
  readonly versions: Readonly<Partial<Record<Service | 'platform', string>>>;
  readonly providers: Readonly<Partial<Record<Service, Provider>>>;
  /** The stores that may be killed: those that are processes of this run. */
  readonly killable: Readonly<Partial<Record<Service, Killable>>>;
  /** Stops everything in reverse order and leaves nothing behind; repeats do nothing. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Where `SPEC_SERVICES` and the addresses of external services are read; default `process.env`. */
  readonly env?: Variables;
  /** Whether the platform runs on them in a process of its own (`SPEC_PLATFORM_URL`); needs all three services. */
  readonly withPlatform?: boolean;
  /** How many sets of services, which know nothing of each other; default 1. External services are there once. */
  readonly sets?: number;
  /** One short line for people whenever something has happened. */
  readonly onProgress?: (line: string) => void;
}

const START: Readonly<Record<Provider, Readonly<Record<Service, StartService>>>> = {
  embedded: { postgres: startEmbeddedPostgres, redis: startEmbeddedRedis, clickhouse: startEmbeddedClickHouse },
  containers: { postgres: startPostgresContainer, redis: startRedisContainer, clickhouse: refuseClickHouseContainer },
  external: { postgres: findPostgres, redis: findRedis, clickhouse: findClickHouse },
};

/**
 * Starts what is needed, all at once, and answers when each has answered a real question. When one cannot start, the
 * others are stopped and the error (`service_unavailable`) has one sentence for each that failed. Ctrl-C and SIGTERM end the process
 * after everything has been stopped; when the process is killed outright, the watchdog and the next run clean up.
 */
export async function startServices(
  needs: ReadonlySet<Service>,
  { env: variables = process.env, onProgress = () => {}, withPlatform = false, sets = 1 }: StartOptions = {},
): Promise<RunningServices> {
  const chosen = chosenProviders(variables['SPEC_SERVICES']);
  const began = systemClock.monotonic();
  const sinceThen = (): number => Math.round(systemClock.monotonic() - began);
  const run = await OwnedRun.open(onProgress);
  const scope = new AsyncDisposableStack();
  const stopped = new AbortController();
  scope.defer(
    stopOnSignals(() => {
      stopped.abort();
      return run.close();
    }),
  );
  scope.defer(() => run.close());

  const needed = SERVICES.filter((service) => needs.has(service));
  const startSet = async (number: number): Promise<readonly Running[]> => {
    const running: Running[] = [];
    const start = async (service: Running['service'], starting: () => Promise<Started>): Promise<void> => {
      const started = await starting();
      scope.defer(() => started.stop());
      running.push({ service, started, ms: sinceThen() });
      const which = sets > 1 ? ` (${number} of ${sets})` : '';
      onProgress(`${started.version}${which} is ready after ${(sinceThen() / 1000).toFixed(1)} s`);
    };
    const folder = join(run.folder(), `set-${number}`);
    mkdirSync(folder, { mode: 0o711 });
    const starting = { run, folder, variables };
    throwAllOf(
      await Promise.allSettled(
        needed.map((service) => start(service, () => startOne(service, chosen[service], starting))),
      ),
    );
    if (withPlatform)
      await start('platform', () => startPlatformProcess(run, { ...platformSecrets(variables), ...envOf(running) }));
    return running;
  };
  let running: readonly (readonly Running[])[];
  try {
    const attempts = await Promise.allSettled(Array.from({ length: sets }, (_, index) => startSet(index + 1)));
    throwAllOf(attempts);
    running = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  } catch (error) {
    // A signal has made this failure, and the process is about to end with that signal's status.
    if (stopped.signal.aborted) return new Promise(() => {});
    stopped.abort();
    await scope.disposeAsync();
    throw error;
  }
  const status = watchForLoss(running.flat(), run.statusPath, stopped.signal);
  scope.defer(() => stopped.abort());
  let stopping: Promise<void> | null = null;
  const common = { SPEC_SERVICES_STATUS: status, SPEC_RUN_FOLDER: run.folder() };
  const envs = running.map((set) => ({ ...envOf(set), ...common }));
  const [first = []] = running;
  return {
    env: envs[0] ?? common,
    sets: envs,
    timings: first.map(({ service, ms }) => ({ service, ms })),
    wallMs: sinceThen(),
    versions: Object.fromEntries(first.map(({ service, started }) => [service, started.version])),
    providers: Object.fromEntries([...needs].map((service) => [service, chosen[service]])),
    killable: Object.fromEntries(
      first.flatMap(({ service, started }) => (started.killable ? [[service, started.killable] as const] : [])),
    ),
    stop: () => (stopping ??= scope.disposeAsync()),
  };
}

function envOf(running: readonly Running[]): Record<string, string> {
  return Object.assign({}, ...running.map(({ started }) => started.env)) as Record<string, string>;
}

/** Everybody is waited for, and everybody's failure is told. */
function throwAllOf(attempts: readonly PromiseSettledResult<unknown>[]): void {
  const failures = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [attempt.reason as unknown] : []));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) {
    const message = failures.map((failure) => (failure as Error).message).join('\n');
    throw new PlatformError({ code: 'service_unavailable', message, cause: new AggregateError(failures) });
  }
}

async function startOne(service: Service, provider: Provider, starting: Starting): Promise<Started> {
  try {
    return await START[provider][service](starting);
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const others = PROVIDERS.filter((each) => each !== provider).map((each) => `SPEC_SERVICES=${service}=${each}`);
    throw new ServiceError(
      TITLE[service],
      `the ${provider} provider could not start it: ${why}`,
      `Use another provider: ${others.join(' or ')}.`,
      error,
    );
  }
}
