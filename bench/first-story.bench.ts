import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { platformSecrets } from '../support/services/processes/platform-process';
import { startServices } from '../support/services/start-services';
import { median } from './figures/median';
import type { Benchmark } from './figures/row';

const ROOT = resolve(__dirname, '..');
const RUNS = 100;
/** From sign-in to resuming on another device, over the public contract, on one shared instance. */
const STORY = [
  '--tags',
  '@e2e and not @operations',
  'features/chat/live-delivery.feature',
  'features/chat/answers/watching-an-answer.feature',
];

export const about = 'the first chat story a hundred times, in new orders, on one shared instance';

/** The first chat story, run after run on the same services, in a new random order each time, with two to four workers. */
const firstStory: Benchmark = async (say) => {
  // The platform and whoever talks to it must share them.
  Object.assign(process.env, platformSecrets(process.env));
  const services = await startServices(new Set(['postgres', 'redis', 'clickhouse']), {
    withPlatform: true,
    onProgress: say,
  });
  const times: number[] = [];
  let failed = 0;
  try {
    for (let run = 1; run <= RUNS; run += 1) {
      const began = performance.now();
      const words = await runStory(2 + (run % 3), services.env);
      times.push(performance.now() - began);
      if (words !== null) {
        failed += 1;
        say(`run ${run} failed:\n${words}`);
      }
      if (run % 10 === 0) say(`${run} of ${RUNS} runs, ${run - failed} green`);
    }
  } finally {
    await services.stop();
  }
  const green = RUNS - failed;
  return [
    { name: 'green runs', ours: green, unit: `of ${RUNS}`, target: 'all', met: green === RUNS },
    { name: 'a run, median', ours: median(times), unit: 'ms', target: '', met: true },
  ];
};
export default firstStory;

/** Resolves with null when the run was green, and with what it printed otherwise. */
async function runStory(workers: number, addresses: Readonly<Record<string, string>>): Promise<string | null> {
  const cucumber = resolve(ROOT, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
  const child = spawn(process.execPath, [cucumber, '--parallel', String(workers), '--format', 'summary', ...STORY], {
    cwd: ROOT,
    env: { ...process.env, ...addresses, SPEC_SERVICES: 'external' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (words += text));
  }
  const [status] = (await once(child, 'close')) as [number];
  return status === 0 ? null : words;
}
