import { PlatformError } from '../../ssot/kernel';
import type { OwnedRun } from './processes/owned-run';

export const SERVICES = ['postgres', 'redis', 'clickhouse'] as const;
export type Service = (typeof SERVICES)[number];

export const PROVIDERS = ['embedded', 'containers', 'external'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** What people call them. */
export const TITLE: Readonly<Record<Service, string>> = {
  postgres: 'PostgreSQL',
  redis: 'Redis',
  clickhouse: 'ClickHouse',
};

export type Variables = Readonly<Record<string, string | undefined>>;

/** What a provider gets: where to book everything it makes before it makes it, and the user's environment. */
export interface Starting {
  readonly run: OwnedRun;
  /** Exists, and holds nothing but what belongs to the services that are started together with this one. */
  readonly folder: string;
  readonly variables: Variables;
}

/** A store of this run's own, which may be killed like any process and comes back with the same data, address and secrets. */
export interface Killable {
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Resolves when it answers again. What it kept on disk is there, what it held in memory is gone. */
  restart(): Promise<void>;
}

/** A service that has answered a real question. */
export interface Started {
  /** Addresses under the names that the World and the platform's starters read. */
  readonly env: Readonly<Record<string, string>>;
  /** As the server states it, for instance `PostgreSQL 18.4`. */
  readonly version: string;
  /** Resolves with the reason when the service ends without having been told to; absent where nobody can know. */
  readonly ended?: Promise<string>;
  /** Absent where the process is not ours. */
  readonly killable?: Killable;
  stop(): Promise<void>;
}

export type StartService = (starting: Starting) => Promise<Started>;

/** One sentence for people: which service, why, and what to do. Further lines of the reason, a log's end, come after it. */
export class ServiceError extends PlatformError {
  constructor(service: string, why: string, wayOut: string, cause?: unknown) {
    const [reason = '', ...details] = why.split('\n');
    const sentence = `${service}: ${reason.replace(/[.\s]+$/, '')}. ${wayOut}`;
    super({ code: 'service_unavailable', message: [sentence, ...details].join('\n'), cause });
  }
}
