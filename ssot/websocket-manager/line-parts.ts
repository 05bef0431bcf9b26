import type { GatewayPorts } from './contract';
import type { MessageRate } from './message-rate';
import type { PageReader } from './page-reader';
import type { Places } from './places';

/** What all lines of an instance share. */
export interface LineParts extends GatewayPorts {
  readonly pages: PageReader;
  readonly places: Places;
  readonly rate: MessageRate;
}

export interface LineEvents {
  /** Why it ended: by us, by the device (`left`), or by nobody (`lost`). */
  onClosed(why: string): void;
}
