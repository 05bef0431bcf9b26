import { el } from './dom.mjs';
import { findingName, money, period } from './labels.mjs';

/** @typedef {import('./types.ts').Report} Report */

const FIGURES = new Set(['Calls', 'Spent', 'Saves']);

/**
 * A finished answer, as people like to read it: the sums, what to do, and the figures behind it.
 *
 * @param {Report} report
 */
export function reportView(report) {
  return el(
    'section',
    // Several reports of one thread are told apart by what they answer.
    { className: 'report', ariaLabel: `Report: ${report.question}` },
    el('h3', {}, headline(report)),
    report.preliminary
      ? el('p', { className: 'notice' }, 'A first impression: there is too little usage for a plan.')
      : null,
    report.calls > 0 ? sums(report) : null,
    list('What is missing', 'ul', report.missing),
    list(
      'What to do, in this order',
      'ol',
      report.actions.map(({ action, saving }) => [action, el('b', {}, `saves ${money(saving)}`)]),
    ),
    findings(report.findings),
    models(report.byModel),
    inSentences(report),
    list('No price is known for', 'ul', report.unpriced),
    report.prices === null ? null : el('p', { className: 'quiet' }, `Prices: ${report.prices}`),
  );
}

/** @param {Report} report */
export function headline({ verdict, savings, spend }) {
  if (verdict === 'out_of_scope') return 'This is not a question about AI spending';
  if (verdict === 'insufficient') return 'There is not enough usage for an answer yet';
  if (savings !== null && Number(savings.amount) > 0) return `You could save ${money(savings)}`;
  return spend === null ? 'Nothing was spent' : 'Nothing worth saving was found';
}

/** @param {Report} report */
function sums({ spend, spendInOtherCurrencies, savings, calls, period: about }) {
  const spent = [spend, ...spendInOtherCurrencies].filter((amount) => amount !== null).map(money);
  const cards = [
    ['Spent', spent.join(' and ') || 'unknown'],
    ['Could be saved', savings === null ? 'unknown' : money(savings)],
    ['Calls', calls.toLocaleString('en')],
    ['Period', period(about)],
  ];
  return el(
    'dl',
    { className: 'sums' },
    ...cards.map((card) => el('div', {}, el('dt', {}, card[0] ?? ''), el('dd', {}, card[1] ?? ''))),
  );
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
  return table(
    'Where the savings are',
    ['Finding', 'Feature', 'Model', 'Calls', 'Spent', 'Saves', 'Basis'],
    all.map(({ rule, feature, model, smaller, calls, spend, saving, basis }) => [
      findingName(rule),
      feature,
      smaller === undefined ? model : `${model} (${smaller} would do)`,
      calls.toLocaleString('en'),
      money(spend),
      money(saving),
      basis,
    ]),
  );
}

/** @param {Report['byModel']} all */
function models(all) {
  return table(
    'Spending by model',
    ['Model', 'Provider', 'Calls', 'Spent'],
    all.map(({ provider, model, calls, spend }) => [
      model,
      provider,
      calls.toLocaleString('en'),
      spend === null ? 'no price known' : money(spend),
    ]),
  );
}

/** @param {string} name */
const heading = (name) => el('th', { scope: 'col', className: FIGURES.has(name) ? 'figure' : '' }, name);

/**
 * On a narrow page each row becomes a card, whose cells say their column's name.
 *
 * @param {string} title
 * @param {readonly string[]} columns
 * @param {readonly (readonly string[])[]} rows
 */
function table(title, columns, rows) {
  if (rows.length === 0) return null;
  /**
   * @param {string} text
   * @param {number} at
   */
  const cell = (text, at) => {
    const column = columns[at] ?? '';
    const made = at === 0 ? el('th', { scope: 'row' }, text) : el('td', {}, text);
    if (FIGURES.has(column)) made.className = 'figure';
    made.dataset['column'] = column;
    return made;
  };
  return el(
    'table',
    {},
    el('caption', {}, title),
    el('thead', {}, el('tr', {}, ...columns.map(heading))),
    el('tbody', {}, ...rows.map((texts) => el('tr', {}, ...texts.map(cell)))),
  );
}
