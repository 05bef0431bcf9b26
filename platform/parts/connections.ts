import type { Base } from '../../ssot/configuration-manager';
import type { IdSource } from '../../ssot/id-manager';
import type { Part } from '../../ssot/lifecycle-manager';
import { createGateway, createNotReadyHandler, type Gateway } from '../../ssot/websocket-manager';
import type { HandleUpgrade } from '../http/server/upgrades';
import { toPublicError } from '../public-error';
import { openedBy } from '../wiring/credential';
import { closingOver, connectionRegistryIn, threadChangesOver } from '../wiring/devices';
import { limitsFrom } from '../wiring/settings';
import type { Common } from './common';
import { made, type Made, type Parts } from './made';

/** Connections are served a little longer than runs, so that the last event of a run that ended here still arrives. */
const LAST_EVENT_MS = 500;

interface ConnectionsDeps extends Made<'state' | 'configuration' | 'notifier' | 'services'> {
  readonly ids: IdSource;
  readonly isStarting: () => boolean;
}

/** The live connections of this instance, and who is told at the door that there are none yet. */
export function connectionParts(
  { settings: { server } }: Base,
  common: Common,
  deps: ConnectionsDeps,
): Parts<'gateway'> & { readonly handleUpgrade: HandleUpgrade } {
  const notReady = createNotReadyHandler(common.clock);
  let gateway: Gateway | undefined;
  const part: Part = {
    name: 'connections',
    needs: ['runs'],
    start: () => {
      const { auth, log, runs } = deps.services();
      const state = deps.state();
      gateway = createGateway({
        ...{ ...common, ids: deps.ids, toPublicError },
        threadLog: log,
        notifier: deps.notifier(),
        tokens: {
          check: async (token, address) => openedBy(await auth.tokens.check(token, 'any', address)),
          endedAmong: (ids) => auth.sessions.endedAmong(ids),
        },
        attempts: { recordFailure: (address) => auth.attempts.recordFailure({ entrance: 'connection', address }) },
        commands: { send: (ctx, ask) => runs.submit(ctx, ask), cancel: (ctx, id) => runs.cancel(ctx, id) },
        slots: state,
        limits: limitsFrom(deps.configuration()),
        registry: connectionRegistryIn(state),
        closing: closingOver(state),
        threadChanges: threadChangesOver(state),
        config: {
          allowedOrigins: server.allowedOrigins,
          trustedProxies: server.trustedProxies,
          instance: deps.ids.next('inst'),
        },
      });
      return Promise.resolve();
    },
    inFlight: () => ({ connection: made(gateway).health().connections }),
    refuse: () => void made(gateway).stopAccepting(),
    drain: async ({ finishBy }) => {
      const enough = new AbortController();
      const end = (): void => void common.clock.after(LAST_EVENT_MS, () => enough.abort());
      if (finishBy.aborted) end();
      finishBy.addEventListener('abort', end, { once: true });
      await made(gateway).drain(enough.signal);
      return { finished: 0, handedOver: 0, lost: [] };
    },
    release: async () => made(gateway)[Symbol.asyncDispose](),
  };
  return {
    parts: [part],
    gateway: () => made(gateway),
    handleUpgrade: (request, socket, head) => {
      const open = deps.isStarting() ? undefined : gateway;
      (open ?? notReady).handleUpgrade(request, socket, head);
    },
  };
}
