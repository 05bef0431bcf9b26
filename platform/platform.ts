import { createAgentRuns, type AgentRuns } from '../ssot/agent-registry';
import { openAnalytics, type Analytics } from '../ssot/analytics';
import type { Auth } from '../ssot/auth';
import { openConfiguration, plans, type Base, type Configuration } from '../ssot/configuration-manager';
import { openDatabase, type Database, type DatabaseHealth } from '../ssot/database-manager';
import { createIdSource } from '../ssot/id-manager';
import { Foreground, type Clock, type Logger, type Random } from '../ssot/kernel';
import { createLifecycle, type Lifecycle, type Part } from '../ssot/lifecycle-manager';
import { connectRedis, openStateManager, type RedisConnection, type StateManager } from '../ssot/state-manager';
import {
  openStatePersistence,
  ThreadSegments,
  type CustomerDataRequests,
  type StatePersistence,
} from '../ssot/state-persistence';
import {
  createThreadNotifier,
  createNotReadyHandler,
  createGateway,
  createThreadLog,
  createThreads,
  type ThreadNotifier,
  type Gateway,
} from '../ssot/websocket-manager';
import { toPublicError } from './public-error';
import { MetricsRegistry } from './metrics-registry';
import type { App } from './http/server/app';
import { endListening, urlOf } from './http/server/listening';
import { buildOperationsApi } from './http/operations-api';
import { buildPublicApi } from './http/public-api';
import type { ServerParts } from './http/server/server';
import { judgeClock, StoreClock } from './clock/store-clock';
import { healthOf, made, outcome } from './parts';
import { schemaChanges } from './database/schema';
import type { Services } from './services';
import { checkpointsIn } from './wiring/checkpoints';
import { openedBy } from './wiring/credential';
import { customerDataRequestsOf } from './wiring/customer-data';
import { closingOver, connectionRegistryIn, threadChangesOver } from './wiring/devices';
import { exclusivelyIn } from './wiring/exclusively';
import { threadHeadsOver, wakeOver } from './wiring/hints';
import { conversationMemoryIn } from './wiring/conversation-memory';
import { authConfigFrom, openIdentity, singleSignOnFrom } from './wiring/identity';
import { startQuietThreads, type QuietThreads } from './wiring/quiet-threads';
import { limitsFrom, modelsFrom, pricesFrom, reloadBusOver } from './wiring/settings';

export interface PlatformPorts {
  readonly clock: Clock;
  /** What decides when working state ends. `server`: the stores' own time, the same for instances whose clocks differ. */
  readonly time: 'server' | Clock;
  /** Time that scenarios have let pass in one moment, which the stores have not lived. */
  readonly skippedMs?: () => number;
  readonly random: Random;
  readonly log: Logger;
}

export interface Platform {
  readonly lifecycle: Lifecycle;
  /** `http://host:port`, once started. */
  readonly url: string;
  /** The same for operators: health, metrics, companies and their people. */
  readonly operationsUrl: string;
  /** What its doors speak to, for whoever composes it into a process of their own; there once started. */
  readonly services: Services;
  stop(): Promise<void>;
}

/** Starts an instance and resolves when it serves; whatever was started is undone when it cannot. */
export async function startPlatform(base: Base, ports: PlatformPorts): Promise<Platform> {
  const platform = createPlatform(base, ports);
  await platform.lifecycle.start();
  return platform;
}

/** Everything an instance is made of, wired and not yet started. */
export function createPlatform(base: Base, ports: PlatformPorts): Platform {
  return new Composition(base, ports);
}

/** Connections are served a little longer than runs, so that the last event of a run that ended here still arrives. */
const LAST_EVENT_MS = 500;
const CLOCK_READINGS = 5;

class Composition implements Platform {
  readonly lifecycle: Lifecycle;
  readonly #figures = new MetricsRegistry();
  readonly #common: PlatformPorts & { readonly metrics: MetricsRegistry; readonly foreground: Foreground };
  readonly #ids: ReturnType<typeof createIdSource>;
  readonly #clock: StoreClock;
  #database: Database | undefined;
  #redis: RedisConnection | undefined;
  #persistence: StatePersistence | undefined;
  #state: StateManager | undefined;
  #configuration: Configuration | undefined;
  #analytics: Analytics | undefined;
  #auth: Auth | undefined;
  #notifier: ThreadNotifier | undefined;
  #runs: AgentRuns | undefined;
  #quietThreads: QuietThreads | undefined;
  #customerData: CustomerDataRequests | undefined;
  #erasures: AsyncDisposable | undefined;
  #gateway: Gateway | undefined;
  #services: Services | undefined;
  #app: App | undefined;
  #operationsApp: App | undefined;

  constructor(
    private readonly base: Base,
    ports: PlatformPorts,
  ) {
    this.#clock = new StoreClock(ports.clock, ports.skippedMs);
    const clock = this.#clock;
    const time = ports.time === 'server' ? 'server' : clock;
    this.#common = { ...ports, clock, time, metrics: this.#figures, foreground: new Foreground() };
    // Ids tell by themselves when the machine's clock is stepped.
    this.#ids = createIdSource({ ...this.#common, clock: ports.clock, logger: ports.log });
    const { random, log } = ports;
    const parts = [
      this.#operations(),
      this.#http(),
      this.#idSource(),
      ...this.#postgres(),
      ...this.#hotState(),
      this.#settings(),
      ...this.#history(),
      this.#identity(),
      ...this.#agents(),
      this.#connections(),
    ];
    this.lifecycle = createLifecycle({ parts, clock, random, log, metrics: this.#figures });
  }

  get url(): string {
    return urlOf(made(this.#app));
  }

  get operationsUrl(): string {
    return urlOf(made(this.#operationsApp));
  }

  get services(): Services {
    return made(this.#services);
  }

  async stop(): Promise<void> {
    await this.lifecycle.stop({ by: 'operator', detail: 'asked to stop' });
  }

  /** Listens first, so that health is answered while the rest starts; customers are admitted by the lifecycle. */
  #http(): Part {
    return {
      name: 'http',
      start: async () => {
        const notReady = createNotReadyHandler(this.#common.clock);
        const app = await buildPublicApi({
          ...this.#serverParts(),
          nextRequestId: () => this.#ids.next('req'),
          handleUpgrade: (request, socket, head) => {
            const gateway = this.lifecycle.phase === 'starting' ? undefined : this.#gateway;
            (gateway ?? notReady).handleUpgrade(request, socket, head);
          },
        });
        const { host, port } = this.base.settings.server;
        await app.listen({ host, port });
        this.#app = app;
      },
      stop: () => endListening(made(this.#app)),
    };
  }

  /** Started first and stopped last, so that an instance can be watched while it starts and stops. */
  #operations(): Part {
    return {
      name: 'operations',
      start: async () => {
        const app = await buildOperationsApi(this.#serverParts(), this.#figures);
        const { host, port } = this.base.settings.operations;
        await app.listen({ host, port });
        this.#operationsApp = app;
      },
      stop: () => endListening(made(this.#operationsApp)),
    };
  }

  #serverParts(): ServerParts {
    const { server } = this.base.settings;
    return {
      services: () => made(this.#services),
      lifecycle: this.lifecycle,
      trustedProxies: server.trustedProxies,
      connectionLimits: server,
      hstsMaxAgeSeconds: server.hstsMaxAgeSeconds,
      ...this.#common,
    };
  }

  #idSource(): Part {
    return { name: 'ids', check: () => Promise.resolve(this.#ids.check()) };
  }

  #postgres(): readonly Part[] {
    const health = async (): Promise<DatabaseHealth> => {
      const told = await made(this.#database).health();
      if (told.serverTime !== undefined) this.#clock.learn(told.serverTime);
      return told;
    };
    const postgres: Part = {
      name: 'postgres',
      start: async () => {
        const { postgresUrl, postgresOwnerUrl, postgresServiceUrl } = this.base.settings.stores;
        this.#database = await openDatabase(
          {
            url: postgresUrl.reveal(),
            ownerUrl: postgresOwnerUrl.reveal(),
            serviceUrl: postgresServiceUrl.reveal(),
            changes: schemaChanges,
          },
          this.#common,
        );
        // The quickest of a few answers says most exactly what time it is there.
        for (let reading = 0; reading < CLOCK_READINGS; reading++) await health();
      },
      check: async () => outcome(await health()),
      stop: async () => made(this.#database)[Symbol.asyncDispose](),
    };
    const check: Part['check'] = () => Promise.resolve(judgeClock(this.#clock, this.#figures));
    return [postgres, { name: 'clock', needs: ['postgres'], optional: true, check }];
  }

  /** Speed only: its loss degrades, and what it would have hinted is found by asking PostgreSQL. */
  #hotState(): readonly Part[] {
    return [
      {
        name: 'state',
        needs: ['postgres'],
        start: async () => {
          const redis = connectRedis(this.base.settings.stores.redisUrl.reveal());
          redis.on('error', (error: Error) =>
            this.#common.log.debug({ reason: error.message }, 'Redis does not answer'),
          );
          this.#redis = redis;
          this.#persistence = await openStatePersistence({
            ...{ warm: made(this.#database), cold: () => made(this.#analytics).archive, ...this.#common },
          });
          this.#state = await openStateManager({
            ...{ redis, durable: this.#persistence.workingState, ...this.#common, logger: this.#common.log },
            keys: this.base.keys,
          });
        },
        // Redis may be away; but one that drops entries on its own would break promises unseen.
        check: async () => {
          const { state, cause = '' } = await made(this.#state).health();
          return state === 'misconfigured' ? { ok: false, cause } : { ok: true };
        },
        stop: async () => {
          await made(this.#state)[Symbol.asyncDispose]();
          made(this.#redis).disconnect();
        },
      },
      healthOf('redis', 'state', () => made(this.#state).health()),
    ];
  }

  #settings(): Part {
    return {
      name: 'settings',
      needs: ['postgres', 'state'],
      start: async () => {
        const { clock, random, metrics, log: logger } = this.#common;
        const ports = { db: made(this.#database), bus: reloadBusOver(made(this.#state)) };
        this.#configuration = await openConfiguration(this.base, { ...ports, clock, random, metrics, logger });
      },
      stop: async () => made(this.#configuration)[Symbol.asyncDispose](),
    };
  }

  #history(): readonly Part[] {
    return [
      {
        name: 'history',
        start: async () => {
          const { clickhouseUrl, clickhouseCluster } = this.base.settings.stores;
          this.#analytics = await openAnalytics(
            { url: clickhouseUrl.reveal(), cluster: clickhouseCluster },
            {
              ...this.#common,
              plans,
              prices: pricesFrom(() => made(this.#configuration)),
              exclusively: exclusivelyIn(() => made(this.#database), 'recording'),
            },
          );
        },
        stop: async () => made(this.#analytics)[Symbol.asyncDispose](),
      },
      healthOf('clickhouse', 'history', () => made(this.#analytics).health()),
    ];
  }

  #identity(): Part {
    return {
      name: 'auth',
      needs: ['postgres', 'state', 'settings'],
      start: async () => {
        this.#auth = await openIdentity({
          ...this.#common,
          db: made(this.#database),
          redis: made(this.#redis),
          keys: this.base.keys,
          isTimeZone: (name) => made(this.#analytics).isTimeZone(name),
          plans,
          ids: this.#ids,
          sso: singleSignOnFrom(this.base, () => this.url),
          config: authConfigFrom(this.base),
        });
      },
      stop: async () => made(this.#auth)[Symbol.asyncDispose](),
    };
  }

  #agents(): readonly Part[] {
    const { url } = this.base.settings.model;
    const runs: Part = {
      name: 'runs',
      needs: ['postgres', 'state', 'settings', 'history', 'auth'],
      start: async () => {
        const db = made(this.#database);
        const state = made(this.#state);
        const auth = made(this.#auth);
        const analytics = made(this.#analytics);
        const configuration = made(this.#configuration);
        const { clock, random, log: logger, metrics, foreground } = this.#common;
        const notifier = createThreadNotifier({ bus: threadHeadsOver(state), db, clock, logger, metrics });
        this.#notifier = notifier;
        const archive = new ThreadSegments({ db, archive: analytics.archive, clock });
        const log = createThreadLog({ db, notifier, clock, archive });
        const runs = await createAgentRuns({
          db,
          threadLog: log,
          usage: analytics,
          checkpoints: checkpointsIn(made(this.#persistence)),
          memory: conversationMemoryIn(state, logger),
          authority: auth.accounts,
          zoneOf: (tenantId) => auth.accounts.zoneOf(tenantId),
          wake: wakeOver(state),
          ...{ plans, foreground },
          ...(url !== '' && { models: modelsFrom(configuration, url) }),
          clock,
          time: this.#common.time,
          random,
          ids: this.#ids,
          logger,
          metrics,
        });
        this.#runs = runs;
        const dependents = [runs, made(this.#persistence)];
        const threads = createThreads({ db, clock, ids: this.#ids, limits: limitsFrom(configuration), dependents });
        const modules = { db, runs, persistence: made(this.#persistence), state, analytics, configuration, auth };
        this.#quietThreads = startQuietThreads({ ...modules, archive, dependents, clock, logger, metrics });
        const gateway = (): Gateway => made(this.#gateway);
        const customerData = customerDataRequestsOf(modules, this.#common);
        this.#erasures = await customerData.start();
        this.#customerData = customerData;
        this.#services = { auth, threads, log, runs, analytics, state, configuration, customerData, gateway };
      },
      inFlight: () => ({ run: made(this.#runs).health().running }),
      announce: () => made(this.#runs).stopClaiming(),
      drain: async ({ finishBy }) => ({ ...(await made(this.#runs).drain(finishBy)), lost: [] }),
      stop: async () => {
        await made(this.#erasures)[Symbol.asyncDispose]();
        await made(this.#quietThreads)[Symbol.asyncDispose]();
        await made(this.#runs)[Symbol.asyncDispose]();
        await made(this.#notifier)[Symbol.asyncDispose]();
      },
    };
    const agents = healthOf('agents', 'runs', () => made(this.#runs).health());
    const archive = healthOf('archive', 'runs', () => made(this.#quietThreads).archiveHealth());
    return [runs, agents, archive, healthOf('customer-data', 'runs', () => made(this.#customerData).health())];
  }

  #connections(): Part {
    return {
      name: 'connections',
      needs: ['runs'],
      start: () => {
        const { auth, log, runs } = made(this.#services);
        const state = made(this.#state);
        const { clock, random, log: logger, metrics } = this.#common;
        this.#gateway = createGateway({
          threadLog: log,
          notifier: made(this.#notifier),
          tokens: {
            check: async (token, address) => openedBy(await auth.tokens.check(token, 'any', address)),
            endedAmong: (ids) => auth.sessions.endedAmong(ids),
          },
          attempts: { recordFailure: (address) => auth.attempts.recordFailure({ entrance: 'connection', address }) },
          commands: { send: (ctx, ask) => runs.submit(ctx, ask), cancel: (ctx, id) => runs.cancel(ctx, id) },
          slots: state,
          limits: limitsFrom(made(this.#configuration)),
          registry: connectionRegistryIn(state),
          closing: closingOver(state),
          threadChanges: threadChangesOver(state),
          toPublicError,
          ids: this.#ids,
          clock,
          random,
          logger,
          metrics,
          config: {
            allowedOrigins: this.base.settings.server.allowedOrigins,
            trustedProxies: this.base.settings.server.trustedProxies,
            instance: this.#ids.next('inst'),
          },
        });
        return Promise.resolve();
      },
      inFlight: () => ({ connection: made(this.#gateway).health().connections }),
      refuse: () => void made(this.#gateway).stopAccepting(),
      drain: async ({ finishBy }) => {
        const enough = new AbortController();
        const end = (): void => void this.#common.clock.after(LAST_EVENT_MS, () => enough.abort());
        if (finishBy.aborted) end();
        finishBy.addEventListener('abort', end, { once: true });
        await made(this.#gateway).drain(enough.signal);
        return { finished: 0, handedOver: 0, lost: [] };
      },
      release: async () => made(this.#gateway)[Symbol.asyncDispose](),
    };
  }
}
