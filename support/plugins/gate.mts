import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import type * as Cucumber from '@cucumber/cucumber';
import type { Plugin } from '@cucumber/cucumber/api';
import type * as TestRunner from '../../ssot/test-runner/index.ts';
import type * as Sentence from '../sentences/sentence.ts';
import type * as CommandLine from './command-line.ts';
import type * as TheGate from './gate.ts';
import type { Refusal } from './gate.ts';
import type * as Interruption from './interruption.ts';

const require = createRequire(import.meta.url);
require('../typescript/register.js');
const { supportCodeLibraryBuilder } = require('@cucumber/cucumber') as typeof Cucumber;
const { sentencesOf } = require('../sentences/sentence') as typeof Sentence;
const { exitStatus } = require('../../ssot/test-runner') as typeof TestRunner;
const { asked } = require('./command-line') as typeof CommandLine;
const { Gate, faultSentence } = require('./gate') as typeof TheGate;
const { interruption, watchForInterruption } = require('./interruption') as typeof Interruption;

const AT_MOST = 25;

/**
 * Nothing starts with words that nobody knows, and nothing ends as a pass that shows nothing. Cucumber sets its own
 * exit status last, so ours is set when the process is already leaving.
 */
export default {
  type: 'plugin',
  coordinator({ on, transform, operation, environment }) {
    if (operation !== 'runCucumber') return undefined;
    const { cwd, stderr } = environment;
    const gate = new Gate(cwd, asked());
    const obey = (refusal: Refusal | undefined): void => {
      if (!refusal) return;
      tell(stderr, `Not run (exit status ${exitStatus[refusal.verdict]}):`, refusal.sentences);
      process.exit(exitStatus[refusal.verdict]);
    };
    obey(gate.refuseSelection());
    on('paths:resolve', ({ unexpandedSourcePaths }) => obey(gate.refusePaths(unexpandedSourcePaths)));
    watchForInterruption();
    on('message', (message) => {
      if (!interruption.aborted) gate.follow(message);
    });
    transform('pickles:filter', (selected) => {
      obey(gate.refuseSources(selected.map(({ pickle }) => pickle.id)));
      // Step definitions are loaded before scenarios are selected; this reads what they have made, once more.
      obey(gate.refuseSteps(sentencesOf(supportCodeLibraryBuilder.finalize())));
      return selected;
    });
    process.once('exit', () => {
      const judgement = gate.verdict(interruption.aborted, process.exitCode !== undefined);
      if (!judgement) return;
      if (judgement.verdict === 'passed') {
        stderr.write(`\nScenarios: ${gate.selected} passed, 0 failed\n`);
        return;
      }
      const title = `Not a pass: ${judgement.verdict.replace('_', ' ')} (exit status ${judgement.exitStatus})`;
      tell(stderr, title, judgement.faults.map(faultSentence));
      process.exitCode = judgement.exitStatus;
    });
    return undefined;
  },
} satisfies Plugin;

/** Written at once, also while the process is leaving. */
function tell(stream: Writable, title: string, sentences: readonly string[]): void {
  const shown = sentences.slice(0, AT_MOST).map((sentence) => `  ${sentence}\n`);
  const more = sentences.length > AT_MOST ? `  and ${sentences.length - AT_MOST} more\n` : '';
  stream.write(`\n${styleText(['bold', 'red'], title, { stream })}\n${shown.join('')}${more}`);
}
