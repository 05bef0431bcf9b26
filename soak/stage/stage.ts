import { SERVICES } from '../../support/services/contract';
import { platformSecrets } from '../../support/services/processes/platform-process';
import { startServices, type RunningServices } from '../../support/services/start-services';
import { DoorProcess } from '../../world/operations/front-door/door-process';
import { eventually } from '../../world/eventually';
import { Instance } from '../../world/operations/instance';
import type { Say } from '../exercise';

/** Stores, instances and the front door of an exercise; everything ends with it. */
export class Stage implements AsyncDisposable {
  readonly #scope = new AsyncDisposableStack();
  readonly #instances = new Set<Instance>();

  private constructor(
    readonly services: RunningServices,
    readonly door: DoorProcess,
    private readonly overrides: Readonly<Record<string, string>>,
  ) {}

  static async open(say: Say, instances: number, overrides: Readonly<Record<string, string>> = {}): Promise<Stage> {
    Object.assign(process.env, platformSecrets(process.env));
    const services = await startServices(new Set(SERVICES), { onProgress: say });
    Object.assign(process.env, services.env);
    await using onFailure = new AsyncDisposableStack();
    onFailure.defer(() => services.stop());
    const stage = new Stage(services, onFailure.use(await DoorProcess.start()), overrides);
    onFailure.use(stage.#scope);
    await Promise.all(Array.from({ length: instances }, () => stage.start()));
    await stage.allReady();
    const own = onFailure.move();
    stage.#ended = () => own.disposeAsync();
    say(`${instances} instances serve`);
    return stage;
  }
  #ended: () => Promise<void> = () => Promise.resolve();

  get instances(): readonly Instance[] {
    return [...this.#instances];
  }

  get operatorKey(): string {
    return String(process.env['SPEC_OPERATOR_KEY']);
  }

  /** Where operators set companies up. */
  get first(): Instance {
    const [first] = this.#instances;
    if (first === undefined) throw new Error('no instance is serving');
    return first;
  }

  /** One more instance, to which the front door sends people as soon as it is ready. */
  async start(overrides: Readonly<Record<string, string>> = {}): Promise<Instance> {
    const instance = this.#scope.use(await Instance.start({ ...this.overrides, ...overrides }));
    this.#instances.add(instance);
    this.door.add(instance.url);
    void instance.ended().then(() => {
      this.#instances.delete(instance);
      this.door.remove(instance.url);
    });
    return instance;
  }

  /** Resolves when the front door sends people to every instance that runs. */
  allReady(): Promise<void> {
    return eventually(() => {
      if (this.door.ready < this.#instances.size) throw new Error(`${this.door.ready} instances are ready`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ended();
  }
}
