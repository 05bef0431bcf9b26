import { stateOfRule, stateOfRules } from '../../model/protection';
import type { LedgerStream } from '../../ledger/ledger';
import type { BusinessValue, FeatureModel, RuleModel } from '../../model/run-model';
import { count } from '../figures';
import { html, type Html } from '../html';
import { rootOf, type Page } from '../layout';
import { streamPage, type Permalinks } from '../permalinks';
import { examplesOf } from '../scenarios/scenario-view';
import { badge } from '../state';

/** Prose first, then rule by rule; the scenarios are a rule's examples. */
export function featurePage(feature: FeatureModel, stream: LedgerStream | undefined, links: Permalinks): Page {
  const path = links.feature(feature);
  const root = rootOf(path);
  const value = feature.businessValue;
  return {
    path,
    title: feature.name,
    body: html`<nav class="crumbs" aria-label="Place">
        <a href="${root}index.html">Money</a
        >${stream && html` <span aria-hidden="true">/</span> <a href="${root}${streamPage(stream.key)}">${stream.name}</a>`}
      </nav>
      <div class="with-side">
        <nav class="side" aria-label="Rules of this feature">
          <p>Rules</p>
          <ol>
            ${feature.rules.map(
              (rule) =>
                html`<li>
                  <a href="#${links.ruleAnchor(rule)}"><span class="rule-id">${rule.id}</span>${rule.name}</a>
                </li>`,
            )}
          </ol>
        </nav>
        <div>
          <header class="title">
            <h1>${feature.name}</h1>
            ${badge(stateOfRules(feature.rules))}
            <div class="lead">${prose(feature.description)}</div>
            ${value && businessValue(value, stream, root)}
          </header>
          ${feature.rules.map((rule) => ruleSection(rule, links))}
          <p class="quiet source">Written in <code>${feature.uri}</code></p>
        </div>
      </div>`,
  };
}

function businessValue(
  { segment, goal, impact, revenue }: BusinessValue,
  stream: LedgerStream | undefined,
  root: string,
): Html {
  return html`<dl class="value-block">
    <div>
      <dt>Impact</dt>
      <dd>${impact}</dd>
    </div>
    <div>
      <dt>Goal</dt>
      <dd>${goal}</dd>
    </div>
    <div>
      <dt>Segment</dt>
      <dd>${segment.join(', ')}</dd>
    </div>
    <div>
      <dt>Revenue</dt>
      <dd>${stream ? html`<a href="${root}${streamPage(stream.key)}">${stream.name}</a>` : revenue}</dd>
    </div>
  </dl>`;
}

function ruleSection(rule: RuleModel, links: Permalinks): Html {
  const anchor = links.ruleAnchor(rule);
  return html`<section class="rule" id="${anchor}">
    <header>
      <p class="rule-line">
        <a class="rule-id" href="#${anchor}">${rule.id}</a>${badge(stateOfRule(rule))}<span class="quiet"
          >${standsOn(rule)}</span
        >
      </p>
      <h2>${rule.name}</h2>
      ${prose(rule.description)}
    </header>
    ${examplesOf(rule, links)} ${failedModuleTests(rule)}
  </section>`;
}

/** `5 examples, 71 module tests` */
function standsOn({ scenarios, notRun, moduleTests: { passed, skipped, failed } }: RuleModel): string {
  const tests = passed + skipped + failed.length;
  const examples = count(scenarios.length + notRun.length, 'example');
  return tests === 0 ? examples : `${examples}, ${count(tests, 'module test')}`;
}

function failedModuleTests({ moduleTests: { failed } }: RuleModel): Html | false {
  return (
    failed.length > 0 &&
    html`<article class="scenario has-failed">
      <header>
        <h3>${count(failed.length, 'module test')} failed</h3>
      </header>
      <ul>
        ${failed.map(
          ({ title, file, error }) =>
            html`<li>
              ${title} <span class="quiet">${file}</span>
              ${
                error !== undefined &&
                html`<div class="failure">
                  <p class="failure-title">Why it failed</p>
                  <pre tabindex="0">${error}</pre>
                </div>`
              }
            </li>`,
        )}
      </ul>
    </article>`
  );
}

/** Paragraphs are separated by an empty line; Gherkin's indentation is not the reader's business. */
function prose(text: string): Html {
  const paragraphs = text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '');
  return html`${paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)}`;
}
