import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from '@cucumber/cucumber/api';
import { TestStepResultStatus, type Envelope } from '@cucumber/messages';
import type * as ProgressLine from '../../proof/progress.ts';
import type * as Mutants from '../../proof/specification/specification-mutants.ts';

const require = createRequire(import.meta.url);
require('../typescript/register.js');
const { Progress } = require('../../proof/progress') as typeof ProgressLine;
const { judge, specificationMutants } = require('../../proof/specification/specification-mutants') as typeof Mutants;

/**
 * Runs, instead of the selected scenarios, every variant of them in which one value of a Then step was changed, and
 * writes what was noticed to the file named by SPEC_MUTATE_SPECIFICATION (JSON, `SpecificationResult[]`).
 */
export default {
  type: 'plugin',
  coordinator({ on, transform, operation, environment }) {
    const file = environment.env['SPEC_MUTATE_SPECIFICATION'];
    if (operation !== 'runCucumber' || file === undefined || file === '') return undefined;

    const mutants = new Map<string, Mutants.SpecificationMutant>();
    transform('pickles:filter', (selected) =>
      selected.flatMap((one) =>
        specificationMutants(one.pickle).map((mutant) => {
          mutants.set(mutant.pickle.id, mutant);
          return { ...one, pickle: mutant.pickle };
        }),
      ),
    );

    const results: Mutants.SpecificationResult[] = [];
    let progress: ProgressLine.Progress | undefined;
    const cases = new Map<string, { mutant: Mutants.SpecificationMutant; stepOf: Map<string, string> }>();
    const running = new Map<string, { testCase: string; failed?: string; message: string }>();
    on('message', (envelope: Envelope) => {
      const { testCase, testCaseStarted, testStepFinished, testCaseFinished } = envelope;
      if (testCase) {
        const mutant = mutants.get(testCase.pickleId);
        const steps = testCase.testSteps.map((step) => [step.id, step.pickleStepId ?? `hook ${step.id}`] as const);
        if (mutant) cases.set(testCase.id, { mutant, stepOf: new Map(steps) });
      } else if (testCaseStarted) {
        progress ??= new Progress('changed values in the specification', mutants.size);
        running.set(testCaseStarted.id, { testCase: testCaseStarted.testCaseId, message: '' });
      } else if (testStepFinished) {
        const attempt = running.get(testStepFinished.testCaseStartedId);
        const { status, message } = testStepFinished.testStepResult;
        if (attempt === undefined || attempt.failed !== undefined) return;
        if (status === TestStepResultStatus.PASSED || status === TestStepResultStatus.SKIPPED) return;
        attempt.failed = cases.get(attempt.testCase)?.stepOf.get(testStepFinished.testStepId) ?? 'unknown';
        attempt.message = message ?? status;
      } else if (testCaseFinished) {
        const attempt = running.get(testCaseFinished.testCaseStartedId);
        const mutant = attempt && cases.get(attempt.testCase)?.mutant;
        if (attempt === undefined || mutant === undefined) return;
        const outcome = judge(attempt.failed, mutant.stepId, attempt.message);
        const { scenario, step, from, to } = mutant;
        results.push({ scenario, step, from, to, outcome });
        progress?.add(outcome === 'survived');
      }
    });

    return () => writeFileSync(file, JSON.stringify(results));
  },
} satisfies Plugin;
