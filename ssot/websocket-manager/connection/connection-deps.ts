import type { GatewayDeps } from '../contract';
import type { MessageRate } from './limits/message-rate';
import type { PageReader } from '../delivery/page-reader';
import type { Connection } from './connection';
import type { ConnectionSlots } from './limits/connection-slots';

/** What all connections of an instance share. */
export interface ConnectionDeps extends GatewayDeps {
  readonly pages: PageReader;
  readonly connectionSlots: ConnectionSlots;
  readonly messageRate: MessageRate;
}

export interface ConnectionEvents {
  onAdmitted(connection: Connection): void;
  /** Why it ended: by us, by the device (`left`), or by nobody (`lost`). */
  onClosed(connection: Connection, reason: string): void;
}
