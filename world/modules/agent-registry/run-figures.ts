import { eventually } from '../../eventually';
import { HttpClient } from '../../clients/http-client';
import type { RevenueWorld } from '../../revenue-world';

/** Begun, waited and answered: what the instance has counted and measured of runs. */
const SAMPLES = [
  'agent_runs_claimed_total{after="waiting"}',
  'agent_run_wait_seconds_count{until="started"}',
  'agent_run_seconds_count{ending="completed"}',
] as const;

/** What operators read of runs on the scenario's own instance. */
export class RunFigures {
  #before: readonly number[] = [];

  constructor(private readonly world: RevenueWorld) {}

  async read(): Promise<void> {
    this.#before = await this.#now();
  }

  /** By how much each has risen since, once all have. */
  increase(): Promise<readonly number[]> {
    return eventually(async () => {
      const more = (await this.#now()).map((count, index) => count - (this.#before[index] ?? 0));
      if (more.some((count) => count === 0)) throw new Error(`${more.join(', ')} more than before`);
      return more;
    });
  }

  async #now(): Promise<readonly number[]> {
    const { operationsUrl } = this.world.operations.serving();
    const { body } = await new HttpClient(operationsUrl, 'Prometheus', this.world.evidence).send<string>(
      'get',
      '/metrics',
    );
    const lines = body.split('\n');
    return SAMPLES.map((sample) => {
      const line = lines.find((one) => one.startsWith(`${sample} `));
      return Number(line?.slice(sample.length + 1) ?? 0);
    });
  }
}
