import { z } from 'zod';
import { idSchema } from '../../ssot/id-manager';
import type { Json } from '../../ssot/kernel';
import { defineState, type StateManager } from '../../ssot/state-manager';
import {
  THREAD_CHANGES,
  type ClosingBus,
  type Device,
  type ConnectionRegistry,
  type ThreadChangeBus,
} from '../../ssot/websocket-manager';
import { asSession, credentialId } from './credential';

const CONNECTIONS = { platform: 'connections' } as const;
const THREADS = { platform: 'threads' } as const;
/** The most that one question lists; a person has far fewer devices. */
const MAX_LISTED = 200;

const OPEN_DEVICE = defineState<Omit<Device, 'openedAt'> & { openedAt: string }>({
  name: 'open-device',
  scope: 'user',
  schema: z.object({
    id: idSchema('conn'),
    sessionId: credentialId.transform(asSession),
    instance: z.string(),
    openedAt: z.iso.datetime(),
    threads: z.array(z.object({ threadId: idSchema('thread'), sentSeq: z.int() })),
  }),
});

/** Open devices as short-lived working state of their person. */
export function connectionRegistryIn(state: StateManager): ConnectionRegistry {
  return {
    async put(ctx, device, lifetimeMs) {
      const entry = { ...device, openedAt: device.openedAt.toISOString() };
      await state.put(ctx, OPEN_DEVICE, { item: device.id }, entry, { lifetimeMs });
    },
    async remove(ctx, id) {
      await state.remove(ctx, OPEN_DEVICE, { item: id });
    },
    async list(ctx) {
      const { items } = await state.list(ctx, OPEN_DEVICE, { limit: MAX_LISTED });
      return items.map(({ record: { value } }) => ({ ...value, openedAt: new Date(value.openedAt) }));
    },
  };
}

const closing = z.strictObject({
  tenantId: idSchema('tenant'),
  userId: idSchema('user').optional(),
  sessionId: credentialId.transform(asSession).optional(),
  connectionId: idSchema('conn').optional(),
});

/** Tells all instances which connections to close; what is lost is made good by their own check of sign-ins. */
export function closingOver(state: StateManager): ClosingBus {
  return {
    publish: (scope) => state.hint(CONNECTIONS, JSON.parse(JSON.stringify(scope)) as Json),
    subscribe: (on) =>
      state.onHint(CONNECTIONS, (note) => {
        const scope = closing.safeParse(note);
        // Whatever is not understood closes nothing.
        if (scope.success) on(scope.data);
      }),
  };
}

const threadChanged = z.strictObject({
  tenantId: idSchema('tenant'),
  userId: idSchema('user'),
  threadId: idSchema('thread'),
  change: z.enum(THREAD_CHANGES),
  instance: z.string(),
});

/** Tells all instances that somebody's list of threads has changed; what is lost is found when a device comes back. */
export function threadChangesOver(state: StateManager): ThreadChangeBus {
  return {
    publish: (change) => state.hint(THREADS, { ...change }),
    subscribe: (on) =>
      state.onHint(THREADS, (note) => {
        const change = threadChanged.safeParse(note);
        if (change.success) on(change.data);
      }),
  };
}
