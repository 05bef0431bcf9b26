import type { Envelope, Hook } from '@cucumber/messages';

const NAMES: Readonly<Record<string, string>> = { BEFORE_TEST_RUN: 'BeforeAll', AFTER_TEST_RUN: 'AfterAll' };

/** What failed around the scenarios: hooks of the whole run, and the run itself. Cucumber counts neither among scenarios. */
export class RunFailures {
  readonly #hooks = new Map<string, Hook>();
  /** By the id of the hook's execution. */
  readonly #started = new Map<string, Hook | undefined>();
  /** A set, because the workers of one run may fail alike. */
  readonly #sentences = new Set<string>();
  #endedInFailure = false;

  add({ hook, testRunHookStarted: started, testRunHookFinished: ended, testRunFinished: run }: Envelope): void {
    if (hook) this.#hooks.set(hook.id, hook);
    if (started) this.#started.set(started.id, this.#hooks.get(started.hookId));
    // Its type is an enum of Cucumber's; a stream that was read from a file holds the same words.
    if (ended && !['PASSED', 'SKIPPED', 'UNKNOWN'].includes(ended.result.status)) {
      const { message = `its status is ${ended.result.status.toLowerCase()}` } = ended.result;
      this.#sentences.add(`${hookName(this.#started.get(ended.testRunHookStartedId))} failed: ${firstLine(message)}`);
    }
    if (run && !run.success) {
      this.#endedInFailure = true;
      const said = run.message ?? run.exception?.message;
      if (said !== undefined) this.#sentences.add(`The run failed: ${firstLine(said)}`);
    }
  }

  /** `explained`: something in the features is a reason for a run that Cucumber calls failed. */
  sentences(explained: boolean): string[] {
    if (!this.#endedInFailure || explained || this.#sentences.size > 0) return [...this.#sentences];
    return ['The run failed, and Cucumber does not say why. Run it again, and look at its first lines.'];
  }
}

/** `BeforeAll at support/hooks.ts:40` */
function hookName(hook: Hook | undefined): string {
  if (!hook) return 'A hook around the run';
  const { type, name, sourceReference } = hook;
  const place = sourceReference.uri && ` at ${sourceReference.uri}:${sourceReference.location?.line ?? 1}`;
  return `${NAMES[type ?? ''] ?? 'A hook around the run'}${name ? ` "${name}"` : ''}${place ?? ''}`;
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
