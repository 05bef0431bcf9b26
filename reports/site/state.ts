import type { State } from '../model/protection';
import type { Outcome, ScenarioModel } from '../model/run-model';
import { html, type Html } from './html';

export const MEANING: Readonly<Record<State | Outcome, string>> = {
  protected: 'Every rule passed in this run, and every scenario has been shown to fail when the behaviour breaks.',
  failing: 'At least one scenario or module test failed in this run.',
  unproven: 'What ran has passed, but not every scenario has been shown to fail when the behaviour breaks.',
  'not-run': 'Not all of it was part of this run, or some of it did not come to its end.',
  unspecified: 'No rule says yet what has to work for this money.',
  proven: 'Passed, and noticed at least one defect that was injected on purpose.',
  passed: 'Passed, but has not been shown to notice a defect yet.',
  flaky: 'Passed only after it was tried again.',
  blocked: 'Did not run to its end, so it says nothing.',
  failed: 'The behaviour was not what the rule promises.',
};

const SIGN: Readonly<Record<State | Outcome, string>> = {
  protected: '●',
  proven: '●',
  unproven: '◐',
  passed: '◐',
  flaky: '◒',
  unspecified: '○',
  'not-run': '–',
  blocked: '▲',
  failing: '✕',
  failed: '✕',
};

/** A state as sign and word, so that nobody needs its colour. */
export function badge(state: State | Outcome): Html {
  return html`<span class="badge is-${state}"
    ><span aria-hidden="true">${SIGN[state]}</span> ${state.replace('-', ' ')}</span
  >`;
}

export const hasFailed = ({ outcome }: ScenarioModel): boolean => outcome === 'failed' || outcome === 'blocked';
