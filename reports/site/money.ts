import type { LedgerAmount, LedgerStream } from '../ledger/ledger';
import { count } from './figures';
import { html, type Content, type Html } from './html';
import { streamPage } from './permalinks';
import { badge } from './state';

const FEW_REASONS = 2;

/** A stream as a card of the front page; the whole card leads to the stream. */
export function streamCard(stream: LedgerStream): Html {
  return html`<li class="stream is-${stream.state}">
    <h2><a href="${streamPage(stream.key)}">${stream.name}</a></h2>
    ${badge(stream.state)} ${amounts(stream.amounts)} ${reasons(stream.reasons)}
    <p class="tally">${tally(stream)}</p>
  </li>`;
}

/** Every figure with its source and date; one that nobody knows reads "unknown". */
export function amounts(all: readonly LedgerAmount[]): Html {
  if (all.length === 0) return html`<p class="note">No figure is written down for it.</p>`;
  return html`<div class="amounts">
    ${all.map(
      ({ value, meaning, source, date }) =>
        html`<div>
          ${value === null ? html`<span class="amount is-unknown">unknown</span>` : html`<span class="amount">${value}</span>`}
          <span class="amount-of">${meaning}</span>
          <span class="source-line">Source: ${source.includes(date) ? source : `${source}, ${date}`}</span>
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

/** `9 rules, 24 scenarios: 20 proven, 3 passed, 1 not run` */
export function tally({ rules, scenarios, outcomes }: LedgerStream): string {
  const parts = (['proven', 'passed', 'flaky', 'blocked', 'failed', 'notRun'] as const)
    .filter((outcome) => outcomes[outcome] > 0)
    .map((outcome) => `${outcomes[outcome]} ${outcome === 'notRun' ? 'not run' : outcome}`);
  return `${count(rules, 'rule')}, ${count(scenarios, 'scenario')}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}
