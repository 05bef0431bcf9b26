import { el } from '../common/dom.mjs';
import { answerView } from './answer-view.mjs';
import { headline, isTable } from './headline.mjs';
import { findingName, money, sentence } from '../common/labels.mjs';
import { table } from './report-table.mjs';
import { sumsOf } from './sums.mjs';
import { trendChart } from './trend-chart.mjs';

/** @typedef {import('../types.ts').Report} Report */

/**
 * A finished answer, as people like to read it: the sums, what to do, and the figures behind it.
 *
 * @param {Report} report
 * @param {(question: string) => void} [ask] absent where nothing can be asked
 */
export function reportView(report, ask) {
  return el(
    'section',
    // Several reports of one thread are told apart by what they answer.
    { className: 'report', ariaLabel: `Report: ${report.question}` },
    el('h3', {}, headline(report)),
    report.covers.words ? el('p', { className: 'covers', dir: 'auto' }, sentence(report.covers.words)) : null,
    report.preliminary
      ? el('p', { className: 'notice' }, 'A first impression: there is too little usage for a plan.')
      : null,
    ...answerView(report, ask),
    sums(report),
    trendChart(report.trend),
    list('What is missing', 'ul', report.missing),
    ...behind(report, [
      list(
        'What to do, in this order',
        'ol',
        report.actions.map(({ action, saving }) => [action, el('b', {}, `saves ${money(saving)}`)]),
      ),
      findings(report.findings),
      models(report.byModel),
    ]),
    inSentences(report),
    list('No price is known for', 'ul', report.unpriced),
    report.prices === null ? null : el('p', { className: 'quiet' }, `Prices: ${report.prices}`),
  );
}

/** @param {Report} report */
function sums(report) {
  const cards = sumsOf(report);
  if (cards.length === 0) return null;
  return el(
    'dl',
    { className: 'sums' },
    ...cards.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, ...whole(value)))),
  );
}

/**
 * A narrow card breaks between days, and in none of them.
 *
 * @param {string} text
 */
function whole(text) {
  return text.split(' ').flatMap((word) => [el('span', { className: 'whole' }, word), ' ']);
}

/**
 * Whoever asked for a table is shown that one; how to save, and what the models cost, is a click away.
 *
 * @param {Report} report
 * @param {(Node | null)[]} parts
 */
function behind(report, parts) {
  const shown = parts.filter((part) => part !== null);
  if (!isTable(report) || shown.length === 0) return shown;
  return [el('details', {}, el('summary', {}, 'Savings and spending by model'), ...shown)];
}

/** @param {Report} report */
function inSentences({ text }) {
  const sentences = el('p', { className: 'sentences', dir: 'auto' }, text);
  return el('details', {}, el('summary', {}, 'The same in sentences'), sentences);
}

/**
 * Nothing at all when there is nothing to list; an item is a text, or several parts.
 *
 * @param {string} title
 * @param {'ul' | 'ol'} tag
 * @param {readonly (string | (string | Node)[])[]} items
 */
function list(title, tag, items) {
  if (items.length === 0) return null;
  const lines = items.map((item) => el('li', { dir: 'auto' }, ...[item].flat().flatMap((part) => [part, ' '])));
  return el('div', { className: 'list' }, el('h4', {}, title), el(tag, {}, ...lines));
}

/** @param {Report['findings']} all */
function findings(all) {
  return table({
    caption: 'Where the savings are',
    columns: ['Finding', 'Feature', 'Model', 'Calls', 'Spent', 'Saves', 'Basis'],
    rows: all.map(({ rule, feature, model, smaller, calls, spend, saving, basis }) => [
      findingName(rule),
      feature,
      smaller === undefined ? model : `${model} (${smaller} would do)`,
      calls.toLocaleString('en'),
      money(spend),
      money(saving),
      basis,
    ]),
  });
}

/** @param {Report['byModel']} all */
function models(all) {
  return table({
    caption: 'Spending by model',
    columns: ['Model', 'Provider', 'Calls', 'Spent'],
    rows: all.map(({ provider, model, calls, spend }) => [
      model,
      provider,
      calls.toLocaleString('en'),
      spend === null ? 'no price known' : money(spend),
    ]),
  });
}
