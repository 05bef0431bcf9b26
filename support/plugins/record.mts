import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from '@cucumber/cucumber/api';
import type { Envelope } from '@cucumber/messages';
import type * as Commit from '../../reports/model/commit.ts';
import type * as CommandLine from './command-line.ts';
import type * as Interruption from './interruption.ts';
import type * as Scope from './run-scope.ts';

const require = createRequire(import.meta.url);
require('../typescript/register.js');
const { withCommit } = require('../../reports/model/commit') as typeof Commit;
const { asked } = require('./command-line') as typeof CommandLine;
const { interruption } = require('./interruption') as typeof Interruption;
const { RunScope } = require('./run-scope') as typeof Scope;

/**
 * Keeps every message of the run in `reports/output/`, each written before the next thing happens; those that come before
 * the scenarios are selected are held until it is known whether the run is a part.
 */
export default {
  type: 'plugin',
  coordinator({ on, transform, operation, environment: { cwd } }) {
    if (operation !== 'runCucumber' || asked().dryRun) return undefined;
    const scope = new RunScope(cwd);
    const held: Envelope[] = [];
    let file: number | undefined;
    const write = (message: Envelope): void => {
      if (file === undefined) held.push(message);
      else writeSync(file, `${JSON.stringify(withCommit(message, cwd))}\n`);
    };
    on('message', (message: Envelope) => {
      if (interruption.aborted) return;
      scope.follow(message);
      write(message);
    });
    transform('pickles:filter', (selected) => {
      const path = join(cwd, scope.places(selected.length).messages);
      mkdirSync(dirname(path), { recursive: true });
      file = openSync(path, 'w');
      held.splice(0).forEach(write);
      return selected;
    });
    return () => {
      if (file !== undefined) closeSync(file);
    };
  },
} satisfies Plugin;
