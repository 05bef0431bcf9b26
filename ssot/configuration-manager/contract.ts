import type { Clock, KeyRing, Logger } from '../kernel';
import type { Environment } from './environment';
import type { Settings } from './sections';

export interface BaseInput {
  /** Usually `process.env`; nothing else of the process is read. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One thing that is wrong, and the way out. Never carries the value. */
export interface Problem {
  readonly variable: string;
  readonly problem: string;
  readonly wayOut: string;
}

export interface Base {
  readonly environment: Environment;
  readonly settings: Settings;
  /** Which settings (`model.name`) were written in the environment; all others are defaults. */
  readonly origins: ReadonlyMap<string, 'default' | 'environment'>;
  /** The master keys of the deployment. */
  readonly keys: KeyRing;
  /** Safety findings that would refuse the start in staging and production. */
  readonly warnings: readonly Problem[];
}
