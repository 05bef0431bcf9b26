import { el } from '../common/dom.mjs';
import { money } from '../common/labels.mjs';
import { table } from './report-table.mjs';
import { bands } from './trend.mjs';

/** @typedef {import('../types.ts').Trend} Trend */

const SVG = 'http://www.w3.org/2000/svg';
const BAR = { width: 10, gap: 2, height: 100 };

/**
 * Spend over time by model: one bar for each day, one colour for each model. The table below it says the same to those who
 * do not see it.
 *
 * @param {Trend | undefined} trend
 */
export function trendChart(trend) {
  if (trend === undefined) return null;
  const { rows, models, currency } = trend;
  const svg = document.createElementNS(SVG, 'svg');
  const step = BAR.width + BAR.gap;
  svg.setAttribute('class', 'chart stacked');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('viewBox', `0 0 ${rows.length * step} ${BAR.height}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  for (const { at, model, series, column, from, to } of bands(trend)) {
    const rect = document.createElementNS(SVG, 'rect');
    const place = {
      x: column * step,
      y: BAR.height * (1 - to),
      width: BAR.width,
      height: BAR.height * (to - from),
      class: `series-${series}`,
    };
    for (const [name, value] of Object.entries(place)) rect.setAttribute(name, String(value));
    const title = document.createElementNS(SVG, 'title');
    title.textContent = `${at}, ${model}`;
    rect.append(title);
    svg.append(rect);
  }
  const legend = models.map((model, series) =>
    el('li', { dir: 'auto' }, el('span', { className: `swatch series-${series}` }), model),
  );
  const shown = table({
    caption: 'Spend over time by model',
    columns: ['When', ...models],
    rows: rows.map(({ at, amounts }) => [at, ...amounts.map((amount) => money({ amount, currency }))]),
  });
  return el(
    'figure',
    { className: 'trend' },
    el('figcaption', {}, `Spend over time, ${rows[0]?.at ?? ''} to ${rows.at(-1)?.at ?? ''}`),
    svg,
    el('ul', { className: 'legend', ariaLabel: 'Models' }, ...legend),
    el('details', {}, el('summary', {}, 'The same as a table'), ...(shown === null ? [] : [shown])),
  );
}
