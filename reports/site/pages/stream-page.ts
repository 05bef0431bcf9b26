import type { LedgerStream } from '../../ledger/ledger';
import type { FeatureModel } from '../../model/run-model';
import { featureList } from './front-page';
import { html } from '../html';
import { rootOf, type Page } from '../layout';
import { amounts, tally } from '../money';
import { streamPage as addressOf, type Permalinks } from '../permalinks';
import { badge } from '../state';

/** One stream: its money, why it is in the state it is in, and the features it depends on. */
export function streamPage(stream: LedgerStream, features: readonly FeatureModel[], links: Permalinks): Page {
  const path = addressOf(stream.key);
  const root = rootOf(path);
  return {
    path,
    title: stream.name,
    body: html`<nav class="crumbs" aria-label="Place"><a href="${root}index.html">Money</a></nav>
      <header class="title">
        <h1>${stream.name}</h1>
        ${badge(stream.state)} ${amounts(stream.amounts)}
        <p class="quiet">${tally(stream)}</p>
      </header>
      ${
        stream.reasons.length > 0 &&
        html`<section class="reasons">
          <h2>Why it is ${stream.state}</h2>
          <ul>
            ${stream.reasons.map((reason) => html`<li>${reason}</li>`)}
          </ul>
        </section>`
      }
      <h2>What has to work</h2>
      ${featureList(features, [], links, root)}`,
  };
}
