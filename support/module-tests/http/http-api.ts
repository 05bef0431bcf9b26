import type { AddressInfo } from 'node:net';
import type { App } from '../../../platform/http/server/app';
import { buildPublicApi, type PublicApiParts } from '../../../platform/http/public-api';
import { noMetrics, silentLogger, systemClock, systemRandom } from '../../../ssot/kernel';
import { createLifecycle } from '../../../ssot/lifecycle-manager';
import { createNotReadyHandler } from '../../../ssot/websocket-manager';

export interface HttpApi extends AsyncDisposable {
  readonly app: App;
  readonly url: string;
}

/** What an instance serves on one of its ports, on no store: what is answered before a module is asked. */
export async function serveHttpApi(
  parts: Partial<PublicApiParts> = {},
  build: (parts: PublicApiParts) => Promise<App> = buildPublicApi,
): Promise<HttpApi> {
  const shared = { clock: systemClock, log: silentLogger, metrics: noMetrics };
  const lifecycle = createLifecycle({ parts: [], random: systemRandom, ...shared });
  const app = await build({
    services: () => {
      throw new Error('this test has no services');
    },
    lifecycle,
    trustedProxies: [],
    connectionLimits: { maxConnections: 1_000, maxConnectionsPerAddress: 1_000 },
    hstsMaxAgeSeconds: 0,
    nextRequestId: () => 'req_of_a_test',
    handleUpgrade: createNotReadyHandler(systemClock).handleUpgrade,
    ...shared,
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
