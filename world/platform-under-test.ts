import type { Platform } from '../platform';
import { systemClock, systemRandom, silentLogger } from '../ssot/kernel';
import { loadBase } from '../ssot/configuration-manager';
import { addressOf, isProofUnderWay, platformVariables } from './settings';

/**
 * The platform that scenarios talk to: the process that the services plugin started or a deployment's address. While
 * defects are injected (`npm run prove`) it is the same composition inside this process, so that it runs the defects.
 */
export class PlatformUnderTest implements AsyncDisposable {
  #inProcess: Promise<Platform> | null = null;

  async url(): Promise<string> {
    return isProofUnderWay() ? (await this.#running()).url : addressOf('SPEC_PLATFORM_URL');
  }

  async operationsUrl(): Promise<string> {
    return isProofUnderWay() ? (await this.#running()).operationsUrl : addressOf('SPEC_OPERATIONS_URL');
  }

  #running(): Promise<Platform> {
    return (this.#inProcess ??= this.#start());
  }

  async #start(): Promise<Platform> {
    // Loaded only here: it is heavy, and outside of proofs no worker needs it.
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- CommonJS has no other way to load lazily.
    const { startPlatform } = require('../platform') as typeof import('../platform');
    const base = await loadBase({
      variables: platformVariables(),
      clock: systemClock,
      log: silentLogger,
    });
    return startPlatform(base, { clock: systemClock, time: 'server', random: systemRandom, log: silentLogger });
  }

  /** Afterwards it starts anew when needed: one process runs the suite again and again while it is proven. */
  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#inProcess;
    this.#inProcess = null;
    if (running !== null) await (await running).stop();
  }
}
