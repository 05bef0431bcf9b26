import type { Platform } from '../../platform';
import { systemClock, systemRandom, silentLogger } from '../../ssot/kernel';
import { loadBase } from '../../ssot/configuration-manager';
import { addressOf, isProofUnderWay, platformVariables } from '../settings';

/**
 * The platform that scenarios talk to: the process that the services plugin started or a deployment's address. While
 * defects are injected (`npm run prove`) it is the same composition inside this process, so that it runs the defects.
 */
export class PlatformUnderTest implements AsyncDisposable {
  #inProcess: Promise<PlatformInProcess> | null = null;

  async url(): Promise<string> {
    return isProofUnderWay() ? (await this.#running()).url : addressOf('SPEC_PLATFORM_URL');
  }

  async operationsUrl(): Promise<string> {
    return isProofUnderWay() ? (await this.#running()).operationsUrl : addressOf('SPEC_OPERATIONS_URL');
  }

  #running(): Promise<PlatformInProcess> {
    return (this.#inProcess ??= PlatformInProcess.start());
  }

  /** Afterwards it starts anew when needed: one process runs the suite again and again while it is proven. */
  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#inProcess;
    this.#inProcess = null;
    await (await running)?.[Symbol.asyncDispose]();
  }
}

/** The platform inside this process, on the services of the run. */
export class PlatformInProcess implements AsyncDisposable {
  private constructor(private readonly platform: Platform) {}

  /** `overrides`: variables of its environment. */
  static async start(overrides: Readonly<Record<string, string>> = {}): Promise<PlatformInProcess> {
    // Loaded only here: it is heavy, and most workers need none.
    // oxlint-disable-next-line typescript/no-require-imports -- CommonJS has no other way to load lazily.
    const { startPlatform } = require('../../platform') as typeof import('../../platform');
    const variables = { ...platformVariables(), ...overrides };
    const base = await loadBase({ variables, clock: systemClock, log: silentLogger });
    const ports = { clock: systemClock, time: 'server', random: systemRandom, log: silentLogger } as const;
    return new PlatformInProcess(await startPlatform(base, ports));
  }

  get url(): string {
    return this.platform.url;
  }

  get operationsUrl(): string {
    return this.platform.operationsUrl;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.platform.stop();
  }
}
