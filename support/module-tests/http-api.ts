import type { AddressInfo } from 'node:net';
import type { App } from '../../platform/http/app';
import { buildServer, type ServerParts } from '../../platform/http/server';
import { Figures } from '../../platform/figures';
import { noMetrics, silentLogger, systemClock, systemRandom } from '../../ssot/kernel';
import { createLifecycle } from '../../ssot/lifecycle-manager';
import { createClosedDoor } from '../../ssot/websocket-manager';

export interface HttpApi extends AsyncDisposable {
  readonly app: App;
  readonly url: string;
}

/** The platform's HTTP API on a port of its own, on no store: what is answered before a module is asked. */
export async function serveHttpApi(parts: Partial<ServerParts> = {}): Promise<HttpApi> {
  const shared = { clock: systemClock, log: silentLogger, metrics: noMetrics };
  const lifecycle = createLifecycle({ parts: [], random: systemRandom, ...shared });
  const app = await buildServer({
    services: () => {
      throw new Error('this test has no services');
    },
    lifecycle,
    figures: new Figures(),
    trustedProxies: [],
    ...shared,
    handleUpgrade: createClosedDoor(systemClock).handleUpgrade,
    ...parts,
  });
  await lifecycle.start();
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    app,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await lifecycle.stop({ by: 'operator', detail: 'the test is over' });
    },
  };
}
