import { FrontDoor } from './front-door';

/** What a front door's process is told, and what it tells whenever it has changed. */
export type DoorOrder = { readonly add: string } | { readonly remove: string };
export interface DoorState {
  readonly url: string;
  readonly ready: number;
  readonly counts: FrontDoor['counts'];
}

const TELL_EVERY_MS = 50;

/** A front door in a process of its own, as a load balancer is: what its customers or instances do does not slow it down. */
async function serve(): Promise<void> {
  const door = await FrontDoor.open({ repeats: true });
  let told = '';
  const tell = (): void => {
    const state: DoorState = { url: door.url, ready: door.ready, counts: door.counts };
    const text = JSON.stringify(state);
    // Whoever started it may end at this very moment, and then nobody needs to know.
    if (text !== told) process.send?.(state, undefined, undefined, () => undefined);
    told = text;
  };
  process.on('message', (order: DoorOrder) => {
    if ('add' in order) door.add(order.add);
    else door.remove(order.remove);
  });
  setInterval(tell, TELL_EVERY_MS);
  tell();
}

if (process.send !== undefined) {
  process.once('disconnect', () => process.exit(0));
  serve().catch((failure: unknown) => {
    console.error(failure);
    process.exit(1);
  });
}
