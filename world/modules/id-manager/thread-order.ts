import { limitsOfPlans, plans } from '../../../ssot/configuration-manager';
import { createIdSource, type IdSource } from '../../../ssot/id-manager';
import {
  noMetrics,
  silentLogger,
  systemClock,
  systemRandom,
  vouchFor,
  type Clock,
  type TenantContext,
  type ThreadId,
} from '../../../ssot/kernel';
import { createThreads, type Threads } from '../../../ssot/websocket-manager';
import type { IdentifiersHost, IdUser } from './host';

/** In which order threads are listed, whatever their ids say about time. */
export class ThreadOrder {
  /** Titles or ids, as they were listed. */
  listed: readonly string[] = [];
  readonly opened: ThreadId[] = [];
  found: ThreadId | null = null;
  #owner: TenantContext | null = null;

  constructor(private readonly host: IdentifiersHost) {}

  /** Opens threads one after the other, through each of the instances in turn. */
  async openInTurn(user: IdUser, titles: readonly string[], urls: readonly string[]): Promise<void> {
    for (const [i, title] of titles.entries()) await user.openThread(title, urls[i % urls.length]);
  }

  async list(user: IdUser): Promise<void> {
    this.listed = await user.listedThreads();
  }

  /** Opens a thread with an id of an instance whose clock is ahead, between two with ids of the right time. */
  async openBetween(aheadMs: number): Promise<void> {
    const { ids } = this.host.connections;
    const early: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
    const future = createIdSource({ clock: early, random: systemRandom, logger: silentLogger, metrics: noMetrics });
    const now = systemClock.now();
    for (const [i, source] of [ids, future, ids].entries()) {
      const threads = await this.#threads(source, now + i);
      this.opened.push((await threads.create(this.#context(), 'a thread')).threadId);
    }
  }

  async listAndOpenTheOneAhead(): Promise<void> {
    const threads = await this.#threads(this.host.connections.ids, systemClock.now());
    this.listed = (await threads.list(this.#context(), { limit: 10 })).map(({ threadId }) => threadId);
    this.found = (await threads.get(this.#context(), this.opened[1] as ThreadId)).threadId;
  }

  async #threads(ids: IdSource, at: number): Promise<Threads> {
    return createThreads({
      db: await this.host.connections.database(),
      clock: { ...systemClock, now: () => at },
      ids,
      limits: limitsOfPlans(plans),
    });
  }

  #context(): TenantContext {
    const { ids } = this.host.connections;
    return (this.#owner ??= vouchFor({
      tenantId: ids.next('tenant'),
      userId: ids.next('user'),
      plan: 'enterprise',
      permissions: ['chat:use'],
    }));
  }
}
