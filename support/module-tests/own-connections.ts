import type { Platform } from '../../platform';
import { commonOf, type PlatformPorts } from '../../platform/parts/common';
import { connectionParts } from '../../platform/parts/connections';
import { threadHeadsOver } from '../../platform/wiring/hints';
import type { Base } from '../../ssot/configuration-manager';
import type { Part } from '../../ssot/lifecycle-manager';
import { createThreadNotifier, type Gateway } from '../../ssot/websocket-manager';
import { ChatDevice } from '../../world/clients/chat-device';
import { Evidence } from '../../world/evidence';
import { serveHttpApi } from './http/http-api';
import { stores } from './stores';

export interface OwnConnections extends AsyncDisposable {
  readonly part: Required<Pick<Part, 'start' | 'drain'>>;
  readonly gateway: () => Gateway;
  readonly url: string;
}

/** Connections beside those that a started instance serves itself, on ports of the test's own; they are not open yet. */
export async function ownConnections(
  { services }: Platform,
  base: Base,
  ports: PlatformPorts,
  isStarting = (): boolean => false,
): Promise<OwnConnections> {
  await using opening = new AsyncDisposableStack();
  const common = commonOf(ports);
  const { state, configuration } = services;
  const bus = threadHeadsOver(state);
  const notifier = opening.use(createThreadNotifier({ ...common, bus, db: await stores.database() }));
  const { parts, gateway, handleUpgrade } = connectionParts(base, common, {
    ...{ ids: stores.ids, isStarting, notifier: () => notifier },
    ...{ services: () => services, state: () => state, configuration: () => configuration },
  });
  const door = opening.use(await serveHttpApi({ handleUpgrade }));
  const [part] = parts as [Required<Part>];
  opening.defer(() => part.release(AbortSignal.timeout(1_000)));
  const opened = opening.move();
  return { part, gateway, url: door.url, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

export interface OpenDevice extends Disposable {
  /** Why it was closed; empty as long as it is open. */
  readonly closedBecause: string;
}

/** Connected, and welcomed. */
export async function openDevice(url: string, accessToken: string): Promise<OpenDevice> {
  const device = new ChatDevice('device', 'somebody', new Evidence());
  await device.connect(url, accessToken);
  return {
    get closedBecause() {
      return device.closed?.reason ?? '';
    },
    [Symbol.dispose]: () => void device.lose(),
  };
}
