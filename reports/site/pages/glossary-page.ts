import { resolve } from 'node:path';
import { tableBelow } from '../../../support/documents/markdown';
import { STATES } from '../../model/protection';
import { html } from '../html';
import type { Page } from '../layout';
import { MEANING, badge } from '../state';

const DOCUMENT = resolve(__dirname, '../../../docs/glossary.md');

/** The words of the one glossary that there is; its links lead into the repository, so their texts alone are shown. */
const WORDS = ['## What customers say', '## What the documentation of a run says'].flatMap((heading) =>
  tableBelow(heading, DOCUMENT).map(([word = '', meaning = '']) => [plain(word), plain(meaning)] as const),
);

function plain(markdown: string): string {
  return markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');
}

export function glossaryPage(): Page {
  const outcomes = ['proven', 'passed', 'flaky', 'blocked', 'failed'] as const;
  return {
    path: 'glossary.html',
    title: 'Glossary',
    body: html`<header class="title">
        <h1>Glossary</h1>
        <p class="lead">The words of this site, and what its signs mean.</p>
      </header>
      <h2>States of money and rules</h2>
      <dl class="glossary">
        ${STATES.toReversed().map(
          (state) =>
            html`<div>
              <dt>${badge(state)}</dt>
              <dd>${MEANING[state]}</dd>
            </div>`,
        )}
      </dl>
      <h2>Outcomes of scenarios</h2>
      <dl class="glossary">
        ${outcomes.map(
          (outcome) =>
            html`<div>
              <dt>${badge(outcome)}</dt>
              <dd>${MEANING[outcome]}</dd>
            </div>`,
        )}
      </dl>
      <h2>Words</h2>
      <dl class="glossary">
        ${WORDS.map(
          ([word, meaning]) =>
            html`<div>
              <dt>${word}</dt>
              <dd>${meaning}</dd>
            </div>`,
        )}
      </dl>`,
  };
}
