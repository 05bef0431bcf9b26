import { systemClock } from '../../ssot/kernel';
import { chosenProviders } from './choice';
import {
  PROVIDERS,
  SERVICES,
  ServiceError,
  TITLE,
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
import { watchForLoss } from './loss';
import { OwnedRun } from './owned-run';
import { stopOnSignals } from './signals';

/** Services that have answered, and the way to end them. */
export interface RunningServices {
  /** Addresses under the names of `SPEC_*`, for workers and for whoever else must find the services. */
  readonly env: Readonly<Record<string, string>>;
  readonly timings: readonly { readonly service: Service; readonly ms: number }[];
  /** From the first step to the last answer, milliseconds. */
  readonly wallMs: number;
  readonly versions: Readonly<Partial<Record<Service, string>>>;
  readonly providers: Readonly<Partial<Record<Service, Provider>>>;
  /** Stops everything in reverse order and leaves nothing behind; repeats do nothing. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Where `SPEC_SERVICES` and the addresses of external services are read; default `process.env`. */
  readonly env?: Variables;
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
 * others are stopped and a `ServiceError` has one sentence for each that failed. Ctrl-C and SIGTERM end the process
 * after everything has been stopped; when the process is killed outright, the watchdog and the next run clean up.
 */
export async function startServices(
  needs: ReadonlySet<Service>,
  { env: variables = process.env, onProgress = () => {} }: StartOptions,
): Promise<RunningServices> {
  const chosen = chosenProviders(variables['SPEC_SERVICES']);
  const began = systemClock.monotonic();
  const sinceThen = (): number => Math.round(systemClock.monotonic() - began);
  const run = await OwnedRun.open(onProgress);
  const stopListening = stopOnSignals(() => run.close());
  const stopped = new AbortController();

  const needed = SERVICES.filter((service) => needs.has(service));
  const attempts = await Promise.allSettled(
    needed.map(async (service) => {
      const started = await startOne(service, chosen[service], { run, variables });
      const ms = sinceThen();
      onProgress(`${started.version} (${chosen[service]}) ready after ${(ms / 1000).toFixed(1)} s`);
      return { service, started, ms };
    }),
  );
  const ready = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  const failures = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [attempt.reason as unknown] : []));

  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    stopped.abort();
    const inReverse = ready.toSorted((a, b) => b.ms - a.ms);
    try {
      for (const { started } of inReverse) await started.stop();
    } finally {
      await run.close();
      stopListening();
    }
  };
  if (failures.length > 0) {
    await stop();
    if (failures.length === 1) throw failures[0];
    throw new AggregateError(failures, failures.map((failure) => (failure as Error).message).join('\n'));
  }
  const status = watchForLoss(ready, run.statusPath, stopped.signal);
  return {
    env: Object.assign({ SPEC_SERVICES_STATUS: status }, ...ready.map(({ started }) => started.env)) as Record<
      string,
      string
    >,
    timings: ready.map(({ service, ms }) => ({ service, ms })),
    wallMs: sinceThen(),
    versions: Object.fromEntries(ready.map(({ service, started }) => [service, started.version])),
    providers: Object.fromEntries(ready.map(({ service }) => [service, chosen[service]])),
    stop: () => (stopping ??= stop()),
  };
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
