import type { ThreadId } from '../../../ssot/kernel';
import type { ChatDevice } from '../../clients/chat-device';
import type { Connections } from '../../stores/connections';
import type { HttpClient } from '../../clients/http-client';

/** What the scenarios about ids need of their World. */
export interface IdentifiersHost {
  readonly connections: Pick<Connections, 'ids' | 'database' | 'rows'>;
  own<T extends Disposable | AsyncDisposable>(thing: T): T;
  operator(baseUrl?: string): Promise<HttpClient>;
}

/** Somebody who uses ids through the public contract. */
export interface IdUser {
  readonly latestRun: string | null;
  readonly devices: ReadonlyMap<string, ChatDevice>;
  http(): Promise<HttpClient>;
  signIn(): Promise<unknown>;
  openDevice(name: string): Promise<ChatDevice>;
  openThread(title: string, baseUrl?: string): Promise<ThreadId>;
  listedThreads(): Promise<readonly string[]>;
}
