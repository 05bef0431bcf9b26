import { relative, sep } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { ruleOfTitle, type ModuleTest, type ModuleTestRun } from '../../reports/model/module-tests';

const MAX_ERROR_LENGTH = 2_000;

type Finished = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>;

/** What `node:test` calls a group that failed only because a test in it did. */
const SUBTESTS_FAILED = 'subtestsFailed';

/** What came out of one process. */
export type KeptOutcomes = Pick<ModuleTestRun, 'tests' | 'troubles'>;

/**
 * Follows the events of `node:test`. One module test for each test that stands in no other test; one trouble for each hook
 * or group that failed without a test to say so.
 */
export class Outcomes {
  readonly tests: ModuleTest[] = [];
  readonly troubles: string[] = [];
  readonly #isTest = new Map<number, boolean>();

  constructor(private readonly root: string) {}

  add(event: TestEvent): void {
    if (event.type === 'test:enqueue') this.#isTest.set(event.data.testId, event.data.type === 'test');
    if (event.type === 'test:pass' || event.type === 'test:fail') this.#finish(event);
  }

  #finish(event: Finished): void {
    const { data } = event;
    const error = event.type === 'test:fail' ? messageOf(event.data.details.error) : undefined;
    if (data.details.type !== 'test') {
      // A group, or the process as a whole, which a hook outside of every group belongs to.
      if (event.type === 'test:fail' && failureType(event.data.details.error) !== SUBTESTS_FAILED)
        this.troubles.push(`${this.#relative(data.name)}: ${error}`);
      return;
    }
    if (data.parentId !== undefined && this.#isTest.get(data.parentId) === true) return; // Its own test tells it.
    const skipped = isSet(data.skip) || isSet(data.todo);
    this.tests.push({
      title: data.name,
      rule: ruleOfTitle(data.name),
      file: this.#relative(data.file ?? ''),
      state: skipped ? 'skipped' : error === undefined ? 'passed' : 'failed',
      durationMs: Math.round(data.details.duration_ms * 1_000) / 1_000,
      ...(error !== undefined && !skipped && { error }),
    });
  }

  #relative(name: string): string {
    return name.startsWith(this.root + sep) ? relative(this.root, name).split(sep).join('/') : name;
  }
}

/** A reason may be empty, and is one all the same. */
const isSet = (mark: string | boolean | undefined): boolean => mark !== undefined && mark !== false;

const failureType = (error: Error): string | undefined => (error as { failureType?: string }).failureType;

/** The test's own words; node wraps the error that was thrown. */
function messageOf(error: Error): string {
  const thrown: unknown = error.cause ?? error;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.length > MAX_ERROR_LENGTH ? `${text.slice(0, MAX_ERROR_LENGTH)}…` : text;
}
