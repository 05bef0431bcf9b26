import { shortCommit } from '../model/commit';
import type { RunModel } from '../model/run-model';
import { count, duration, moment } from './figures';
import { html, type Content, type Html } from './html';

export interface Page {
  /** Relative to the site's root: `features/chat-live-delivery.html`. */
  readonly path: string;
  readonly title: string;
  readonly body: Html;
}

/** `''` for pages at the root, `'../'` for those in a folder: the site works from any place, a disk included. */
export const rootOf = (path: string): string => '../'.repeat(path.split('/').length - 1);

const PLACES: readonly (readonly [path: string, name: string])[] = [
  ['index.html', 'Money'],
  ['modules.html', 'Modules'],
  ['glossary.html', 'Glossary'],
];

/** The frame around every page. A run that failed, or that is not the whole suite, says so on each of them. */
export function layout(page: Page, model: RunModel): string {
  const root = rootOf(page.path);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title} · Living documentation</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${root}style.css" />
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header class="masthead">
          <div>
            <a class="home" href="${root}index.html">Living documentation</a>
            <nav aria-label="Site">
              ${PLACES.map(([path, name]) => html`<a href="${root}${path}" ${path === page.path && html`aria-current="page"`}>${name}</a>`)}
            </nav>
          </div>
        </header>
        <main id="content">
          ${model.failures.length > 0 && failureBanner(model)} ${!model.whole && partialBanner(model)} ${page.body}
        </main>
        <footer><div>${runFacts(model, model.tools)}</div></footer>
      </body>
    </html> `.markup;
}

function failureBanner({ failures }: RunModel): Html {
  return html`<aside class="banner is-failing" aria-label="Failed run">
    <p><strong>The run failed</strong> around its scenarios, so no money rests on it.</p>
    <ul>
      ${failures.map((failure) => html`<li>${failure}</li>`)}
    </ul>
  </aside>`;
}

function partialBanner({ partialBecause }: RunModel): Html {
  return html`<aside class="banner" aria-label="Incomplete run">
    <p>
      <strong>This is not a whole run.</strong> What is missing here may still be broken, so no release should rest on
      it.
    </p>
    <ul>
      ${partialBecause.map((reason) => html`<li>${reason}</li>`)}
    </ul>
  </aside>`;
}

/** When and what was run; `tools` are named where somebody might ask for them. */
export function runFacts(model: RunModel, tools: RunModel['tools'] = []): Html {
  const scenarios = model.features.flatMap((feature) => feature.rules.flatMap((rule) => rule.scenarios));
  const facts: Content[] = [
    html`Run of <time datetime="${model.startedAt}">${moment(model.startedAt)}</time>`,
    count(scenarios.length, 'scenario'),
    model.moduleTests ? count(model.moduleTests.tests, 'module test') : html`module tests not run on this commit`,
    model.finishedAt === null ? 'never finished' : duration(model.wallMs),
    model.commit !== null && html`commit <code>${shortCommit(model.commit, 10)}</code>`,
    ...tools.map(({ name, version }) => `${name} ${version}`),
  ];
  return html`<p class="run">${facts.filter((fact) => fact !== false).map((fact) => html`<span>${fact}</span>`)}</p>`;
}
