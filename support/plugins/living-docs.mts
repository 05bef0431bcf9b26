import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Plugin } from '@cucumber/cucumber/api';
import type { Envelope } from '@cucumber/messages';
import type * as LedgerOf from '../../reports/ledger/ledger.ts';
import type * as Money from '../../reports/ledger/revenue-streams.ts';
import type * as BuildModel from '../../reports/model/build-model.ts';
import type * as Commit from '../../reports/model/commit.ts';
import type * as BuildSite from '../../reports/site/build-site.ts';
import type * as ModuleProofs from '../../reports/site/module-proofs.ts';
import type * as CommandLine from './command-line.ts';
import type * as Interruption from './interruption.ts';

const require = createRequire(import.meta.url);
require('ts-node/register');
const { ledgerOf } = require('../../reports/ledger/ledger') as typeof LedgerOf;
const { readMoney } = require('../../reports/ledger/revenue-streams') as typeof Money;
const { RunInTheMaking, sourcesOf } = require('../../reports/model/build-model') as typeof BuildModel;
const { withCommit } = require('../../reports/model/commit') as typeof Commit;
const { LAST_SITE, buildSite } = require('../../reports/site/build-site') as typeof BuildSite;
const { moduleProofs } = require('../../reports/site/module-proofs') as typeof ModuleProofs;
const { asked } = require('./command-line') as typeof CommandLine;
const { interruption } = require('./interruption') as typeof Interruption;

/** After every run: its living documentation, as static files. */
export default {
  type: 'plugin',
  coordinator({ on, operation, environment: { cwd, stderr } }) {
    if (operation !== 'runCucumber' || asked().dryRun) return undefined;
    // A run that ends before it begins must not leave the last one's documentation behind as its own.
    rmSync(join(cwd, LAST_SITE), { recursive: true, force: true });
    const run = new RunInTheMaking();
    let begun = false;
    on('message', (message: Envelope) => {
      if (interruption.aborted) return;
      begun ||= message.testRunStarted !== undefined;
      run.add(withCommit(message, cwd));
    });
    return () => {
      if (!begun) return;
      const model = run.model(sourcesOf(cwd));
      buildSite(model, ledgerOf(model, readMoney(cwd)), join(cwd, LAST_SITE), moduleProofs(cwd));
      stderr.write(`Living documentation: ${LAST_SITE}/index.html\n`);
    };
  },
} satisfies Plugin;
