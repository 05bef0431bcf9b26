import { answerTable, barsOf, keptFilters } from './answer-table.mjs';
import { el } from '../common/dom.mjs';
import { plain } from '../common/labels.mjs';
import { table } from './report-table.mjs';

/**
 * What was asked for, before everything else: what it is narrowed to, what could not be used, and the figures.
 *
 * @typedef {import('../types.ts').Report} Report
 * @typedef {(question: string) => void} Ask
 */

const SVG = 'http://www.w3.org/2000/svg';
const BAR = { width: 10, gap: 2, height: 80 };

/**
 * @param {Report} report
 * @param {Ask} [ask] absent where nothing can be asked
 * @returns {(Node | null)[]}
 */
export function answerView(report, ask) {
  const { answer, notes, suggestions } = report;
  return [
    chips(report, ask),
    notes.length === 0
      ? null
      : el('ul', { className: 'notice' }, ...notes.map((note) => el('li', { dir: 'auto' }, note))),
    ask === undefined || suggestions.length === 0 ? null : examples(suggestions, ask),
    answer === null ? null : chart(answer),
    answer === null ? null : table(answerTable(answer, report.period.timeZone)),
  ];
}

/**
 * Each takes its filter back: the same question is asked again without it.
 *
 * @param {Report} report
 * @param {Ask} [ask]
 */
function chips(report, ask) {
  const kept = keptFilters(report);
  if (kept.length === 0) return null;
  const items = kept.map(({ label, without }) => {
    const remove = el(
      'button',
      { type: 'button', ariaLabel: `Ask again ${without}`, title: `Ask again ${without}` },
      '×',
    );
    remove.onclick = () => ask?.(`${report.question} ${plain(without)}`);
    return el('li', {}, el('span', { dir: 'auto' }, label), ask === undefined ? null : remove);
  });
  return el('ul', { className: 'chips', ariaLabel: 'Kept from an earlier question' }, ...items);
}

/**
 * @param {readonly string[]} questions
 * @param {Ask} ask
 */
function examples(questions, ask) {
  const buttons = questions.map((text) => {
    const button = el('button', { type: 'button' }, text);
    button.onclick = () => ask(text);
    return button;
  });
  return el('div', { className: 'examples' }, el('p', { className: 'quiet' }, 'You could ask'), ...buttons);
}

/**
 * The table below it says the same to those who do not see it.
 *
 * @param {NonNullable<Report['answer']>} answer
 */
function chart(answer) {
  const bars = barsOf(answer);
  if (bars.length === 0) return null;
  const svg = document.createElementNS(SVG, 'svg');
  const step = BAR.width + BAR.gap;
  svg.setAttribute('class', 'chart');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('viewBox', `0 0 ${bars.length * step} ${BAR.height}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.append(
    ...bars.map(({ label, height }, index) => {
      const bar = document.createElementNS(SVG, 'rect');
      const tall = Math.max(1, height * BAR.height);
      const place = { x: index * step, y: BAR.height - tall, width: BAR.width, height: tall };
      for (const [name, value] of Object.entries(place)) bar.setAttribute(name, String(value));
      const title = document.createElementNS(SVG, 'title');
      title.textContent = label;
      bar.append(title);
      return bar;
    }),
  );
  return svg;
}
