import { stateOfRule } from '../../model/protection';
import { drawnFrom, SAMPLE_AT_LEAST, shareAmongAll, shareOfDrawn, type Drawn } from '../../../proof/record/drawn';
import { figuresOf } from '../../../proof/record/record';
import type { StandingRecord } from '../../../proof/record/standing';
import type { FeatureModel, RuleModel, RunModel } from '../../model/run-model';
import { count } from '../figures';
import { html, type Content, type Html } from '../html';
import type { Page } from '../layout';
import type { Permalinks } from '../permalinks';
import { badge } from '../state';

/** The modules in the order of their floors, each with the one concern that it owns. */
const MODULES: readonly (readonly [name: string, concern: string])[] = [
  ['id-manager', 'Ids for everything, sortable and impossible to confuse'],
  ['configuration-manager', 'Settings and secrets, checked before they count'],
  ['lifecycle-manager', 'Starting in order, stopping without loss'],
  ['database-manager', 'PostgreSQL, the truth: one customer never sees another’s rows'],
  ['analytics', 'ClickHouse, history: what was used, and what it cost'],
  ['auth', 'Who somebody is, and what they may do'],
  ['state-manager', 'Redis, speed: what may be lost and rebuilt'],
  ['state-persistence', 'Work that goes on after a crash'],
  ['websocket-manager', 'Every event on every device, once and in order'],
  ['agent-registry', 'The specialists that answer, and their tools'],
  ['test-runner', 'A verdict to rely on'],
  ['platform', 'The parts together: HTTP, WebSocket, settings, and start and stop'],
];
const MAX_SHOWN = 20;

export type ModuleProofs = ReadonlyMap<string, StandingRecord>;

interface Use {
  readonly feature: FeatureModel;
  readonly rule: RuleModel;
  readonly scenarios: number;
}

export function modulesPage(model: RunModel, proofs: ModuleProofs, links: Permalinks): Page {
  return {
    path: 'modules.html',
    title: 'Modules',
    body: html`<header class="title">
        <h1>Modules</h1>
        <p class="lead">
          Each part of the platform owns one concern. Here is which rules exercise it, and how many defects were noticed
          when they were put into its code on purpose.
        </p>
      </header>
      ${MODULES.map(([name, concern]) => moduleEntry(name, concern, usesOf(name, model), proofs.get(name), links))}`,
  };
}

function usesOf(module: string, { features }: RunModel): readonly Use[] {
  const tag = `@${module}`;
  return features.flatMap((feature) =>
    feature.rules
      .map((rule) => ({ feature, rule, scenarios: rule.scenarios.filter(({ tags }) => tags.includes(tag)).length }))
      .filter(({ scenarios }) => scenarios > 0),
  );
}

function moduleEntry(
  name: string,
  concern: string,
  uses: readonly Use[],
  proof: StandingRecord | undefined,
  links: Permalinks,
): Html {
  const scenarios = uses.reduce((sum, use) => sum + use.scenarios, 0);
  return html`<section class="module" id="${name}">
    <header>
      <h2>${name}</h2>
      <p>${concern}.</p>
    </header>
    <dl class="figures">
      ${figure('Rules', uses.length)}${figure('Scenarios', scenarios)}
      ${proof ? proofFigures(proof) : figure('Proof', html`<span class="quiet">not proven yet</span>`)}
    </dl>
    ${proof && standing(proof)}
    ${
      uses.length > 0 &&
      html`<details class="evidence">
        <summary>Rules that exercise it</summary>
        <ul class="rules">
          ${uses.map((use) => ruleEntry(use, links))}
        </ul>
      </details>`
    }
    ${proof && unnoticed(proof)}
  </section>`;
}

const ruleEntry = ({ feature, rule }: Use, links: Permalinks): Html =>
  html`<li>
    <span class="rule-id">${rule.id}</span>
    <a href="${links.feature(feature)}#${links.ruleAnchor(rule)}">${rule.name}</a>
    ${badge(stateOfRule(rule))}
  </li>`;

/** Of code that stands as it was proven: what has changed since counts for nothing until it is proven again. */
function proofFigures({ record, units, defects }: StandingRecord): readonly Html[] {
  const figures = figuresOf(record, units);
  const tried = [...defects.keys()].flatMap((id) => record.defects.get(id) ?? []);
  const noticed = tried.filter(({ noticedBy }) => noticedBy.length > 0).length;
  return [
    figure('Module tests', [...record.checks.values()].filter(({ kind }) => kind === 'test').length),
    figure('Defects noticed', figures.noticed),
    figure('Not noticed', figures.survived + figures.unreached),
    figure('Share noticed', shareOf(drawnFrom(units))),
    figure('Realistic defects noticed', tried.length === 0 ? '–' : `${noticed} of ${tried.length}`),
  ];
}

/** Rounded down, so that 100 % means all. */
function shareOf(drawn: Drawn): string {
  const { all, tried } = drawn;
  // So few say too little.
  if (tried < Math.min(SAMPLE_AT_LEAST, all) || all === 0) return '–';
  const share = `${Math.floor(shareOfDrawn(drawn) * 100)} %`;
  return tried === all ? share : `${share} of ${tried} drawn by lot`;
}

function standing({ record, units, changed }: StandingRecord): Html {
  const drawn = drawnFrom(units);
  const { untried } = figuresOf(record, units);
  const [from, to] = shareAmongAll(drawn).map((share) => Math.floor(share * 100));
  return html`<p class="quiet">
    Mutants by ${record.mutators}.
    ${
      changed > 0 &&
      html`<strong
        >${count(changed, 'part')} of the code changed since ${changed === 1 ? 'it was' : 'they were'} proven, which
        counts no more: prove the module again.</strong
      >`
    }
    ${
      untried > 0 &&
      (drawn.tried >= SAMPLE_AT_LEAST
        ? html`${drawn.tried} of ${drawn.all} were drawn by lot and tried: of all, ${from} to ${to} % are noticed, with
          95 % certainty.`
        : html`<strong>${count(untried, 'defect')} ${untried === 1 ? 'has' : 'have'} not been tried yet.</strong>`)
    }
  </p>`;
}

const figure = (name: string, value: Content): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;

function unnoticed({ record, units, defects }: StandingRecord): readonly Html[] {
  const mutants = units.flatMap(({ name, survivors }) =>
    [...survivors.values()].map(
      ({ mutator, was, became, reached }) =>
        html`<code>${name}</code> ${mutator}: <code>${was}</code> became
          <code>${became === '' ? 'nothing' : became}</code>${!reached && ' (no check runs this code)'}`,
    ),
  );
  const realistic = [...defects.values()]
    .filter(({ id }) => record.defects.get(id)?.noticedBy.length === 0)
    .map(({ sentence, customerSees }) => html`${sentence} <span class="quiet">${customerSees}</span>`);
  return [list(realistic, 'realistic defect'), list(mutants, 'defect')].flatMap((one) => one ?? []);
}

function list(all: readonly Html[], noun: string): Html | undefined {
  if (all.length === 0) return undefined;
  return html`<details class="evidence">
    <summary>${count(all.length, noun)} that no check noticed</summary>
    <ul>
      ${all.slice(0, MAX_SHOWN).map((one) => html`<li>${one}</li>`)}
    </ul>
    ${all.length > MAX_SHOWN && html`<p class="note">${count(all.length - MAX_SHOWN, 'more', 'more')} in the proof record of the module.</p>`}
  </details>`;
}
