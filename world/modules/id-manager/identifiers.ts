import type { IdentifiersHost } from './host';
import { IdRequests } from './id-requests';
import { Instances } from './instances';
import { Migrations } from './migrations';
import { ThreadOrder } from './thread-order';

/** Everything that scenarios do with ids. */
export class Identifiers {
  readonly requests: IdRequests;
  readonly order: ThreadOrder;
  readonly instances: Instances;
  readonly migrations: Migrations;

  constructor(host: IdentifiersHost) {
    this.requests = new IdRequests(host);
    this.order = new ThreadOrder(host);
    this.instances = new Instances(host);
    this.migrations = new Migrations(host);
  }
}
