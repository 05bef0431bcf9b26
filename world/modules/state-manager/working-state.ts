import type { TenantContext } from '../../../ssot/kernel';
import type { StateManager } from '../../../ssot/state-manager';
import type { PersonName } from '../../actors/personas';
import { CustomerState } from './customer-state';
import { StateFaults } from './faults';
import { StateHints } from './hints';
import type { StateHost } from './host';
import { Notes } from './notes';
import { OwnRedis } from './own-redis';
import { Quotas } from './quotas';
import { Slots } from './slots';
import { StoredBytes } from './stored-bytes';
import { Writers } from './writers';

/** Everything that scenarios do with working state. */
export class WorkingState {
  readonly notes: Notes;
  readonly writers: Writers;
  readonly quotas: Quotas;
  readonly slots: Slots;
  readonly hints: StateHints;
  readonly stored: StoredBytes;
  readonly faults: StateFaults;
  readonly ownRedis: OwnRedis;
  readonly customers: CustomerState;

  constructor(host: StateHost) {
    this.notes = new Notes(host);
    this.writers = new Writers(this.notes);
    this.quotas = new Quotas(this.notes);
    this.slots = new Slots(this.notes);
    this.hints = new StateHints(this.notes);
    this.stored = new StoredBytes(this.notes);
    this.faults = new StateFaults(this.notes);
    this.ownRedis = new OwnRedis(this.notes);
    this.customers = new CustomerState(this.notes);
  }

  instance(): Promise<StateManager> {
    return this.notes.instance();
  }

  who(name: PersonName): TenantContext {
    return this.notes.who(name);
  }
}
