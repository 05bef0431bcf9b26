import type { AttemptModel, ProofOfScenario, RuleModel, ScenarioModel, StepModel } from '../../model/run-model';
import { attachment } from './attachments';
import { count, duration } from '../figures';
import { html, type Content, type Html } from '../html';
import type { Permalinks } from '../permalinks';
import { badge, hasFailed } from '../state';

/** Steps that did not run have no error of their own. */
const NO_ERROR: Readonly<Record<string, string>> = {
  UNDEFINED: 'No step definition fits this sentence.',
  PENDING: 'The step definition of this sentence is not written yet.',
  AMBIGUOUS: 'More than one step definition fits this sentence.',
};
const STEP_SIGN: Readonly<Record<string, string>> = {
  PASSED: '✓',
  FAILED: '✕',
  UNDEFINED: '?',
  AMBIGUOUS: '?',
  PENDING: '?',
};

/** The examples of a rule in their order; the rows of an outline stand together under its name. */
export function examplesOf(rule: RuleModel, links: Permalinks): Html {
  const groups: ScenarioModel[][] = [];
  for (const scenario of rule.scenarios) {
    const before = groups.at(-1)?.[0];
    if (before && scenario.case !== undefined && outlineOf(before) === outlineOf(scenario))
      groups.at(-1)?.push(scenario);
    else groups.push([scenario]);
  }
  return html`${groups.map((group) => (group[0]?.case === undefined ? group.map((one) => plain(one, links)) : outline(group, links)))}
  ${
    rule.notRun.length > 0 &&
    html`<details class="evidence">
      <summary>${count(rule.notRun.length, 'example')} ${badge('not-run')}</summary>
      <ul>
        ${rule.notRun.map((key) => html`<li>${key}</li>`)}
      </ul>
    </details>`
  }`;
}

const outlineOf = (scenario: ScenarioModel): string =>
  scenario.case === undefined ? scenario.key : scenario.key.slice(0, -` / ${scenario.case}`.length);

function plain(scenario: ScenarioModel, links: Permalinks): Html {
  const anchor = links.scenarioAnchor(scenario);
  return html`<article
    class="scenario ${hasFailed(scenario) && 'has-failed'}"
    id="${anchor}"
    data-key="${scenario.key}"
  >
    <header>
      <h3>${scenario.name} ${permalink(anchor, scenario.name)}</h3>
      ${facts(scenario)}
    </header>
    ${story(scenario)}
  </article>`;
}

/** The anchor stands inside the folded part, so that a browser opens the part when the link is followed. */
function outline(cases: readonly ScenarioModel[], links: Permalinks): Html {
  const first = cases[0];
  return html`<article class="scenario ${cases.some(hasFailed) && 'has-failed'}">
    <header>
      <h3>${first?.name}</h3>
      <p class="facts"><span>${count(cases.length, 'case')}</span></p>
    </header>
    ${cases.map((scenario, index) => {
      const anchor = links.scenarioAnchor(scenario);
      return html`<details class="case" ${(index === 0 || hasFailed(scenario)) && html`open`}>
        <summary><span class="case-name">${scenario.case}</span>${facts(scenario)}</summary>
        <div id="${anchor}" data-key="${scenario.key}">
          ${story(scenario)}
          <p class="case-link"><a href="#${anchor}">Link to this case</a></p>
        </div>
      </details>`;
    })}
  </article>`;
}

const permalink = (anchor: string, name: string): Html =>
  html`<a class="permalink" href="#${anchor}" aria-label="Link to “${name}”">#</a>`;

function facts(scenario: ScenarioModel): Html {
  const layer = scenario.tags.find((tag) => ['@unit', '@integration', '@e2e'].includes(tag));
  const last = scenario.attempts.at(-1);
  return html`<p class="facts">
    ${layer && html`<span>${layer.slice(1)}</span>`}${last && html`<span>${duration(last.durationMs)}</span>`}${badge(scenario.outcome)}
  </p>`;
}

function story(scenario: ScenarioModel): Html {
  const last = scenario.attempts.at(-1);
  const earlier = scenario.attempts.slice(0, -1);
  if (!last) return html`<p class="note">This scenario was not run.</p>`;
  return html`${attempt(last)}${scenario.caught && proof(scenario.caught)}
  ${earlier.map(
    (one, index) =>
      html`<details class="evidence">
        <summary>
          Attempt ${index + 1} of ${scenario.attempts.length}
          <span class="quiet">${one.status.toLowerCase()}, ${duration(one.durationMs)}</span>
        </summary>
        ${attempt(one)}
      </details>`,
  )}`;
}

function attempt({ steps, error, attachments }: AttemptModel): Html {
  const told = steps.some((step) => step.error !== undefined || step.status in NO_ERROR);
  return html`<ol class="steps">
      ${steps.map(step)}
    </ol>
    ${error !== undefined && !told && failure(error)}${attachments.map(attachment)}`;
}

function step({ keyword, text, table, docString, status, durationMs, error, definition }: StepModel): Html {
  const kind = status.toLowerCase();
  const failed = error ?? NO_ERROR[status];
  return html`<li class="step is-${kind}">
    <span class="mark" role="img" aria-label="${kind}">${STEP_SIGN[status] ?? '–'}</span>
    <div>
      <span class="keyword">${keyword.trim()}</span> ${withValues(text)}
      ${docString !== undefined && html`<pre class="doc-string" tabindex="0">${docString}</pre>`}${table && dataTable(table)}
      ${failed !== undefined && failure(failed, definition)}
    </div>
    ${durationMs >= 1 && html`<span class="quiet">${duration(durationMs)}</span>`}
  </li>`;
}

/** Quoted values carry the meaning of a sentence; they are set apart from its words. */
function withValues(text: string): Content {
  return text
    .split(/("[^"]*")/)
    .map((part, index) => (index % 2 === 1 ? html`<span class="value">${part}</span>` : part));
}

function dataTable(rows: readonly (readonly string[])[]): Html {
  const [head = [], ...body] = rows;
  const cells = (row: readonly string[]): Html =>
    html`<tr>
      ${row.map((cell) => html`<td>${cell}</td>`)}
    </tr>`;
  return html`<div class="wide" tabindex="0">
    <table class="data">
      ${
        body.length === 0
          ? cells(head)
          : html`<thead>
                <tr>
                  ${head.map((cell) => html`<th scope="col">${cell}</th>`)}
                </tr>
              </thead>
              <tbody>
                ${body.map(cells)}
              </tbody>`
      }
    </table>
  </div>`;
}

/** Why the last attempt failed, in one line. */
export function reasonOf({ attempts }: ScenarioModel): string | undefined {
  const { steps = [], error } = attempts.at(-1) ?? {};
  const told = steps.map((one) => one.error ?? NO_ERROR[one.status]).find((reason) => reason !== undefined);
  return (told ?? error)?.split('\n')[0];
}

/** The sentence first; the stack is for engineers, and folded away. */
function failure(error: string, definition?: string): Html {
  const lines = error.replaceAll(`${process.cwd()}/`, '').split('\n');
  const stack = lines.findIndex((line) => /^\s+at /.test(line));
  const message = (stack === -1 ? lines : lines.slice(0, stack)).join('\n').trim();
  const trace = stack === -1 ? '' : lines.slice(stack).join('\n');
  return html`<div class="failure">
    <p class="failure-title">Why it failed</p>
    <pre tabindex="0">${message}</pre>
    ${definition !== undefined && html`<p class="quiet">Step defined in ${definition}</p>`}
    ${
      trace !== '' &&
      html`<details class="detail">
        <summary>stack</summary>
        <pre tabindex="0">${trace}</pre>
      </details>`
    }
  </div>`;
}

function proof({ systemMutants, specificationMutants, realisticDefects, examples }: ProofOfScenario): Html {
  const total = systemMutants + specificationMutants + realisticDefects;
  if (total === 0)
    return html`<p class="note">When defects were injected on purpose, this scenario noticed none of them.</p>`;
  return html`<details class="evidence proof">
    <summary>Proof <span class="quiet">noticed ${count(total, 'defect')} injected on purpose</span></summary>
    <p>
      ${count(systemMutants, 'slip')} in the code, ${count(specificationMutants, 'changed value')} in the sentences,
      ${count(realisticDefects, 'realistic defect')}.${examples.length > 0 && ' Some of them:'}
    </p>
    <ul>
      ${examples.map((example) => html`<li>${example}</li>`)}
    </ul>
  </details>`;
}
