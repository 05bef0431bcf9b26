import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Plugin } from '@cucumber/cucumber/api';
import type * as ServicesForRun from '../services/for-run.ts';
import type * as CommandLine from './command-line.ts';

const require = createRequire(import.meta.url);
require('../typescript/register.js');
const { startForRun } = require('../services/for-run') as typeof ServicesForRun;
const { asked } = require('./command-line') as typeof CommandLine;
const { default: suite } = require('../../cucumber.js') as { default: { parallel: number } };

/**
 * Starts what the selected scenarios need before any of them runs, lets workers find it by `process.env`, and stops it
 * afterwards. Cucumber's own filters and shards come before plugins, so the selection seen here is the final one.
 */
export default {
  type: 'plugin',
  coordinator({ transform, operation, environment }) {
    if (operation !== 'runCucumber' || asked().dryRun) return undefined;
    let stop = async (): Promise<void> => {};
    transform('pickles:filter', async (selected) => {
      const output = join(environment.cwd, 'reports/output');
      const tags = selected.map(({ pickle }) => pickle.tags.map(({ name }) => name));
      const started = await startForRun(tags, asked().parallel ?? suite.parallel, environment.stderr);
      stop = started.stop;
      mkdirSync(output, { recursive: true });
      writeFileSync(join(output, 'services.json'), `${JSON.stringify(started.figures, null, 2)}\n`);
      return selected;
    });
    return () => stop();
  },
} satisfies Plugin;
