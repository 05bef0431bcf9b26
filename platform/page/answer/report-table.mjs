import { el } from '../common/dom.mjs';

/** Columns of figures, which stand to the right. */
const FIGURES = /^(Calls|Spent|Saves|Failed|Input tokens|Of them cached|Output tokens|Half within|95 % within)/;

/** @param {string} name */
const heading = (name) => el('th', { scope: 'col', className: FIGURES.test(name) ? 'figure' : '' }, name);

/**
 * On a narrow page each row becomes a card, whose cells say their column's name. Nothing at all without rows.
 *
 * @param {{ caption: string, columns: readonly string[], rows: readonly (readonly string[])[] }} shown
 */
export function table({ caption, columns, rows }) {
  if (rows.length === 0) return null;
  /**
   * @param {string} text
   * @param {number} at
   */
  const cell = (text, at) => {
    const column = columns[at] ?? '';
    const made = at === 0 ? el('th', { scope: 'row' }, text) : el('td', {}, text);
    if (FIGURES.test(column)) made.className = 'figure';
    made.dataset['column'] = column;
    return made;
  };
  return el(
    'table',
    {},
    el('caption', {}, caption),
    el('thead', {}, el('tr', {}, ...columns.map(heading))),
    el('tbody', {}, ...rows.map((texts) => el('tr', {}, ...texts.map(cell)))),
  );
}
