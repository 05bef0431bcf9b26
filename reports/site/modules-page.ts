import { stateOfRule } from '../model/protection';
import type { ProofRecord } from '../../proof/proof-record';
import { mutationScore } from '../../proof/proof-record';
import type { FeatureModel, RuleModel, RunModel } from '../model/run-model';
import { count, moment } from './figures';
import { html, type Content, type Html } from './html';
import type { Page } from './layout';
import type { Permalinks } from './permalinks';
import { badge } from './state';

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
];
const MOST_SURVIVORS = 20;

export interface ModuleProof {
  readonly record: ProofRecord;
  /** False when the module's code has changed since. */
  readonly current: boolean;
}
export type ModuleProofs = ReadonlyMap<string, ModuleProof>;

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
  proof: ModuleProof | undefined,
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
      ${proof ? proofFigures(proof.record) : figure('Proof', html`<span class="quiet">not proven yet</span>`)}
    </dl>
    ${proof && measured(proof)}
    ${
      uses.length > 0 &&
      html`<details class="evidence">
        <summary>Rules that exercise it</summary>
        <ul class="rules">
          ${uses.map((use) => ruleEntry(use, links))}
        </ul>
      </details>`
    }
    ${proof && survivors(proof.record)}
  </section>`;
}

const ruleEntry = ({ feature, rule }: Use, links: Permalinks): Html =>
  html`<li>
    <span class="rule-id">${rule.id}</span>
    <a href="${links.feature(feature)}#${links.ruleAnchor(rule)}">${rule.name}</a>
    ${badge(stateOfRule(rule))}
  </li>`;

function proofFigures({ mutants }: ProofRecord): readonly Html[] {
  return [
    figure('Defects noticed', mutants.killed + mutants.timeout),
    figure('Not noticed', mutants.survived + mutants.noCoverage),
    // Rounded down, so that 100 % means all.
    figure('Share noticed', mutants.total === mutants.ignored ? '–' : `${Math.floor(mutationScore(mutants) * 100)} %`),
  ];
}

function measured({ record: { at, tool }, current }: ModuleProof): Html {
  return html`<p class="quiet">
    Measured ${moment(at)} with ${tool}.
    ${!current && html`<strong>The code has changed since, so this counts no more: prove it again.</strong>`}
  </p>`;
}

const figure = (name: string, value: Content): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;

function survivors({ survivors: all }: ProofRecord): Html {
  return html`${
    all.length > 0 &&
    html`<details class="evidence">
      <summary>${count(all.length, 'defect')} that no scenario noticed</summary>
      <ul>
        ${all.slice(0, MOST_SURVIVORS).map(({ file, line, mutator, replacement, covered }) => html`<li><code>${file}:${line}</code> ${mutator}: <code>${replacement}</code>${!covered && ' (no scenario runs this code)'}</li>`)}
      </ul>
      ${all.length > MOST_SURVIVORS && html`<p class="note">${count(all.length - MOST_SURVIVORS, 'more')} in the proof record of the module.</p>`}
    </details>`
  }`;
}
