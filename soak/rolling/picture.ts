import { ms, percentile } from '../distribution';

export interface Caption {
  readonly chats: number;
  readonly times: number;
  readonly p95Ms: number;
  readonly mostMs: number;
}

const WIDTH = 720;
const HEIGHT = 320;
const PLOT = { left: 60, right: 20, top: 60, bottom: 60 };
/** Each column holds twice the pauses' length of the one before: 1 ms to 4 s. */
const EDGES = [0, 1, 2, 4, 8, 16, 32, 64, 125, 250, 500, 1_000, 2_000, 4_000];

/** The distribution of pauses as a picture (SVG): how many were how long, with what is promised. Readable in light and dark. */
export function picture(pausesMs: readonly number[], { chats, times, p95Ms, mostMs }: Caption): string {
  const columns = EDGES.map((from, place) => {
    const to = EDGES[place + 1] ?? Infinity;
    return { from, to, count: pausesMs.filter((pause) => pause >= from && pause < to).length };
  });
  const most = Math.max(1, ...columns.map(({ count }) => count));
  const step = (WIDTH - PLOT.left - PLOT.right) / columns.length;
  const room = HEIGHT - PLOT.top - PLOT.bottom;
  const x = (place: number): number => PLOT.left + place * step;
  const bars = columns.map(({ from, to, count }, place) => {
    const height = (count / most) * room;
    const y = HEIGHT - PLOT.bottom - height;
    const colour = from >= mostMs ? '#c62828' : from >= p95Ms ? '#ef6c00' : '#2e7d32';
    const title = `${count} pauses from ${from} ms up to ${to === Infinity ? 'any length' : `${to} ms`}`;
    return `<g><title>${title}</title><rect x="${(x(place) + 2).toFixed(1)}" y="${y.toFixed(1)}" width="${(step - 4).toFixed(1)}" height="${height.toFixed(1)}" fill="${colour}"/>
  <text class="small" x="${(x(place) + step / 2).toFixed(1)}" y="${(y - 4).toFixed(1)}" text-anchor="middle">${count}</text></g>`;
  });
  const labels = columns.map(({ from }, place) => label(x(place), from));
  const limit = x(EDGES.indexOf(p95Ms));
  const worst = pausesMs.reduce((a, b) => Math.max(a, b), 0);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="How long people waited while their instance was replaced">
<style>text{font:13px system-ui,sans-serif;fill:#333}.small{font-size:11px}rect.back{fill:#fff}</style>
<rect class="back" width="${WIDTH}" height="${HEIGHT}"/>
<text x="${PLOT.left}" y="22" font-weight="bold">Pauses that people saw while their instance was replaced</text>
<text x="${PLOT.left}" y="42">${chats} live chats, ${times} rolling deployments, ${pausesMs.length} pauses: 95 % under ${ms(percentile(pausesMs, 0.95))}, the longest ${ms(worst)}</text>
${bars.join('\n')}
<line x1="${limit.toFixed(1)}" y1="${PLOT.top}" x2="${limit.toFixed(1)}" y2="${HEIGHT - PLOT.bottom}" stroke="#333" stroke-dasharray="4 3"/>
<text class="small" x="${(limit + 4).toFixed(1)}" y="${PLOT.top + 10}">promised for 95 %: under ${ms(p95Ms)}</text>
${labels.join('\n')}
<text class="small" x="${WIDTH / 2}" y="${HEIGHT - 16}" text-anchor="middle">length of the pause, milliseconds</text>
</svg>
`;
}

function label(x: number, from: number): string {
  const y = HEIGHT - PLOT.bottom + 16;
  return `<text class="small" x="${x.toFixed(1)}" y="${y}" text-anchor="middle">${from.toLocaleString('en')}</text>`;
}
