/** @typedef {import('../types.ts').Trend} Trend */

/**
 * The bands of a stacked chart, of which the highest bar is 1: for each point in time one band for each model that cost
 * something then, from the bottom up. A float will do for a height.
 *
 * @param {Trend} trend
 * @returns {readonly { at: string, model: string, series: number, column: number, from: number, to: number }[]}
 */
export function bands({ models, rows }) {
  const sizes = rows.map(({ amounts }) => amounts.map(Number));
  const highest = Math.max(...sizes.map((of) => of.reduce((sum, size) => sum + size, 0)));
  if (highest === 0) return [];
  return rows.flatMap(({ at }, column) => {
    let below = 0;
    return models.flatMap((model, series) => {
      const size = sizes[column]?.[series] ?? 0;
      const from = below / highest;
      below += size;
      return size === 0 ? [] : [{ at, model, series, column, from, to: below / highest }];
    });
  });
}
