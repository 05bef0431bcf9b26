import type { Content } from './html';
import { html, type Html } from './html';
import { count } from './figures';
import { streamPage } from './permalinks';
import { badge, type State } from './state';

/** One revenue stream as a reader sees it. */
export interface StreamView {
  readonly key: string;
  readonly name: string;
  readonly state: State;
  readonly amounts: readonly Amount[];
  /** One sentence each: why the money is not protected. */
  readonly reasons: readonly string[];
  readonly rules: number;
  readonly scenarios: number;
}

export interface Amount {
  /** Null reads "unknown"; a figure is never invented. */
  readonly value: string | null;
  readonly meaning: string;
  readonly source: string;
  readonly date: string;
}

const FEW_REASONS = 2;

/** A stream as a card of the front page; the whole card leads to the stream. */
export function streamCard(stream: StreamView): Html {
  return html`<li class="stream is-${stream.state}">
    <h2><a href="${streamPage(stream.key)}">${stream.name}</a></h2>
    ${badge(stream.state)} ${amounts(stream.amounts)} ${reasons(stream.reasons)}
    <p class="tally">${tally(stream)}</p>
  </li>`;
}

export function amounts(all: readonly Amount[]): Html {
  return html`<div class="amounts">
    ${all.map(
      ({ value, meaning, source, date }) =>
        html`<div>
          ${value === null ? html`<span class="amount is-unknown">unknown</span>` : html`<span class="amount">${value}</span>`}
          <span class="amount-of">${meaning}</span
          ><span class="source-line">${source}, <time datetime="${date}">${date}</time></span>
        </div>`,
    )}
  </div>`;
}

function reasons(all: readonly string[]): Content {
  const rest = all.length - FEW_REASONS;
  return [
    all.slice(0, FEW_REASONS).map((reason) => html`<p class="reason">${reason}</p>`),
    rest > 0 && html`<p class="reason quiet">and ${count(rest, 'more reason')}</p>`,
  ];
}

export const tally = ({ rules, scenarios }: StreamView): string =>
  `${count(rules, 'rule')}, ${count(scenarios, 'scenario')}`;
