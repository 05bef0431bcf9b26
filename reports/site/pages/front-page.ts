import { streamOf, type LedgerStream } from '../../ledger/ledger';
import { stateOfRule, stateOfRules } from '../../model/protection';
import type { FeatureModel, RuleModel, RunModel, ScenarioModel } from '../../model/run-model';
import { count } from '../figures';
import { html, type Html } from '../html';
import { runFacts, type Page } from '../layout';
import { streamCard } from '../money';
import type { Permalinks } from '../permalinks';
import { reasonOf } from '../scenarios/scenario-view';
import { badge, hasFailed, MEANING } from '../state';

const MOST_FAILURES = 20;

/** Money first, then what failed, then everything that is promised. */
export function frontPage(model: RunModel, streams: readonly LedgerStream[], links: Permalinks): Page {
  const scenarios = model.features.flatMap((feature) => feature.rules.flatMap((rule) => rule.scenarios));
  const failed = scenarios.filter(hasFailed);
  const redTests = model.features.flatMap((feature) =>
    feature.rules.filter((rule) => rule.moduleTests.failed.length > 0).map((rule) => ({ feature, rule })),
  );
  return {
    path: 'index.html',
    title: 'Money',
    body: html`<header class="title">
        <h1>${headline(streams)}</h1>
        <p class="lead">
          Money depends on behaviour. For each revenue stream, this is what has to work, and whether it was shown to
          work in the last run.
        </p>
        <p class="note">
          “Protected” means: ${MEANING.protected} The other words and signs are in the
          <a href="glossary.html">glossary</a>; defects that were put in and that nothing has noticed, under
          <a href="modules.html">modules</a>.
        </p>
        ${runFacts(model)}
      </header>
      ${failed.length > 0 && failures(failed, links)} ${redTests.length > 0 && failedModuleTests(redTests, links)}
      <ul class="streams" aria-label="Revenue streams">
        ${streams.map(streamCard)}
      </ul>
      <h2 id="promises">What is promised</h2>
      <form class="filter" hidden role="search">
        <label for="filter">Find</label
        ><input id="filter" type="search" placeholder="a word, a rule id or a state" autocomplete="off" /><output
          id="filter-result"
          class="quiet"
          for="filter"
        ></output>
      </form>
      ${featureList(inOrderOf(streams, model.features), streams, links)}
      <script src="filter.js" defer></script>`,
  };
}

function headline(streams: readonly LedgerStream[]): string {
  const safe = streams.filter(({ state }) => state === 'protected').length;
  if (streams.length === 0) return 'No revenue stream is known yet';
  if (safe === streams.length) return 'All revenue streams are protected';
  return safe === 0
    ? 'No revenue stream is protected yet'
    : `${safe} of ${streams.length} revenue streams are protected`;
}

/** As the money file orders its streams; what earns for no known stream comes last. */
function inOrderOf(streams: readonly LedgerStream[], features: readonly FeatureModel[]): readonly FeatureModel[] {
  const place = (feature: FeatureModel): number => {
    const index = streams.findIndex(({ key }) => key === streamOf(feature));
    return index === -1 ? streams.length : index;
  };
  return features.toSorted((one, other) => place(one) - place(other));
}

function failures(failed: readonly ScenarioModel[], links: Permalinks): Html {
  const rest = failed.length - MOST_FAILURES;
  return html`<section class="failures" aria-label="Failures">
    <h2>${count(failed.length, 'scenario')} failed or did not run to the end</h2>
    <ul>
      ${failed.slice(0, MOST_FAILURES).map((scenario) => html`<li><a href="${links.scenario(scenario)}">${scenario.key}</a><code>${reasonOf(scenario)}</code></li>`)}
    </ul>
    ${rest > 0 && html`<p class="note">and ${count(rest, 'more', 'more')}; type “failing” below.</p>`}
  </section>`;
}

interface RuleOfFeature {
  readonly feature: FeatureModel;
  readonly rule: RuleModel;
}

function failedModuleTests(rules: readonly RuleOfFeature[], links: Permalinks): Html {
  const all = rules.reduce((sum, { rule }) => sum + rule.moduleTests.failed.length, 0);
  return html`<section class="failures" aria-label="Failed module tests">
    <h2>${count(all, 'module test')} failed</h2>
    <ul>
      ${rules.map(({ feature, rule }) => html`<li><a href="${links.feature(feature)}#${links.ruleAnchor(rule)}">${rule.id} / ${rule.name}</a><code>${rule.moduleTests.failed[0]?.title}</code></li>`)}
    </ul>
  </section>`;
}

/** Features with their rules. Under a stream of its own the stream's name is left out. */
export function featureList(
  features: readonly FeatureModel[],
  streams: readonly LedgerStream[],
  links: Permalinks,
  root = '',
): Html {
  if (features.length === 0) return html`<p class="note">Nothing is specified here yet.</p>`;
  const nameOf = (feature: FeatureModel): string | undefined =>
    streams.find(({ key }) => key === streamOf(feature))?.name;
  return html`${features.map((feature) => {
    const stream = nameOf(feature);
    return html`<section class="feature-entry">
      <div class="about">
        ${stream !== undefined && html`<span class="stream-name">${stream}</span>`}
        <h3><a href="${root}${links.feature(feature)}">${feature.name}</a></h3>
        <p>${feature.businessValue?.impact ?? ''}</p>
        ${badge(stateOfRules(feature.rules))}
      </div>
      <ul class="rules">
        ${feature.rules.map((rule) => html`<li><span class="rule-id">${rule.id}</span><a href="${root}${links.feature(feature)}#${links.ruleAnchor(rule)}">${rule.name}</a>${badge(stateOfRule(rule))}</li>`)}
      </ul>
    </section>`;
  })}`;
}
