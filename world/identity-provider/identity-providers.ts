import { PlatformInProcess } from '../operations/platform-under-test';
import { LyingProvider } from './lying-provider';
import { NameServer } from './name-server';
import { ProviderProcess } from './provider-process';

/** What scenarios about single sign-on need besides: providers, a name server, and a platform that may ask them. */
export interface SignOnStage {
  readonly provider: ProviderProcess;
  readonly lying: LyingProvider;
  readonly names: NameServer;
  readonly url: string;
  readonly operationsUrl: string;
}

/** One for a worker, started when a scenario first needs it. */
export class IdentityProviders implements AsyncDisposable {
  #stage: Promise<SignOnStage> | null = null;
  #scope = new AsyncDisposableStack();

  stage(): Promise<SignOnStage> {
    return (this.#stage ??= this.#open());
  }

  async #open(): Promise<SignOnStage> {
    const scope = this.#scope;
    const names = scope.use(await NameServer.open());
    const lying = scope.use(await LyingProvider.open());
    const provider = scope.use(await ProviderProcess.start());
    const platform = scope.use(
      await PlatformInProcess.start({
        INTERNAL_ISSUERS: `${provider.issuerOf('named')},${lying.issuer}`,
        DNS_SERVERS: names.address,
      }),
    );
    return { provider, lying, names, url: platform.url, operationsUrl: platform.operationsUrl };
  }

  /** Afterwards it starts anew when needed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const scope = this.#scope;
    this.#scope = new AsyncDisposableStack();
    this.#stage = null;
    await scope.disposeAsync();
  }
}
