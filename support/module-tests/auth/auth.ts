import type { Auth } from '../../../ssot/auth';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { authOn } from '../../../world/modules/auth/open-auth';
import { stores } from '../stores';

export const PASSWORD = 'a password that is long enough';

type Changed = Parameters<typeof authOn>[1];

/** Auth on the real stores of this run, on a controlled clock unless another one is given. */
export function openTestAuth({ clock = new ControlledClock(), ...changed }: Partial<Changed> = {}): Promise<Auth> {
  return authOn(stores, { clock, ...changed });
}
