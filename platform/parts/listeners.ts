import type { Base } from '../../ssot/configuration-manager';
import type { Part } from '../../ssot/lifecycle-manager';
import { buildOperationsApi } from '../http/operations-api';
import { buildPublicApi, type PublicApiParts } from '../http/public-api';
import type { App } from '../http/server/app';
import { endListening, untilQuiet, urlOf } from '../http/server/listening';
import type { ServerParts } from '../http/server/server';
import type { MetricsRegistry } from '../metrics-registry';
import { made } from './made';

/** A crowd that has nowhere to go yet is answered for so long while runs are finished, which takes as long. */
const DRAINED_MS = 4_000;

interface Listener {
  readonly part: Part;
  /** `http://host:port`, once started. */
  readonly url: () => string;
}

/** For customers. Listens first, so that health is answered while the rest starts; customers are admitted by the lifecycle. */
export function publicListener({ settings }: Base, parts: () => PublicApiParts): Listener {
  return listener('http', settings.server, parts, buildPublicApi);
}

/** For operators. Started first and stopped last, so that an instance can be watched while it starts and stops. */
export function operationsListener({ settings }: Base, parts: () => ServerParts, metrics: MetricsRegistry): Listener {
  return listener('operations', settings.operations, parts, (own) => buildOperationsApi(own, metrics));
}

function listener<P extends ServerParts>(
  name: string,
  { host, port }: { readonly host: string; readonly port: number },
  parts: () => P,
  build: (parts: P) => Promise<App>,
): Listener {
  let app: App | undefined;
  return {
    part: {
      name,
      start: async () => {
        const built = await build(parts());
        await built.listen({ host, port });
        app = built;
      },
      drain: async () => {
        await untilQuiet(made(app), parts().clock, DRAINED_MS);
        return { finished: 0, handedOver: 0, lost: [] };
      },
      stop: () => endListening(made(app), parts().clock),
    },
    url: () => urlOf(made(app)),
  };
}
