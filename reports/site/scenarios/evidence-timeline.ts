import { z } from 'zod';
import { count, duration } from '../figures';
import { html, type Html } from '../html';
import { maskedFields } from '../secrets';

export const EVIDENCE_MEDIA_TYPE = 'application/vnd.specs.evidence+json';
const TRACKS = { person: 'People', http: 'HTTP', socket: 'Socket', rows: 'Rows', log: 'Log' } as const;
type Track = keyof typeof TRACKS;
const trackNames = Object.keys(TRACKS) as Track[];

const evidenceShape = z.object({
  v: z.literal(1),
  entries: z.array(
    z.object({
      at: z.iso.datetime({ offset: true }),
      track: z.enum(['person', 'http', 'socket', 'rows', 'log']),
      actor: z.string(),
      summary: z.string(),
      detail: z.unknown().optional(),
    }),
  ),
});
type Entry = z.infer<typeof evidenceShape>['entries'][number];

/** Keeps one page readable and small; what is left out is counted on the page. */
const MOST_ENTRIES = 200;
const MOST_DETAIL = 4_000;

/** What people, wires and stores showed while a scenario ran, on one time line with a lane for each track. */
export function evidenceTimeline(body: string): Html {
  const evidence = parsed(body);
  if (typeof evidence === 'string')
    return html`<p class="note">The evidence of this scenario cannot be read: ${evidence}</p>`;
  const entries = evidence.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
  const first = entries[0];
  const last = entries.at(-1);
  if (!first || !last) return html``;
  const start = Date.parse(first.at);
  const length = Date.parse(last.at) - start;
  const used = trackNames.filter((track) => entries.some((entry) => entry.track === track));
  const shown = entries.slice(0, MOST_ENTRIES);
  return html`<details class="evidence">
    <summary>
      Evidence <span class="quiet">${count(entries.length, 'entry', 'entries')} over ${duration(length)}</span>
    </summary>
    <div class="lanes" aria-hidden="true">
      ${used.map((track) => lane(track, entries, start, length))} <span></span
      ><span class="scale"><span>0</span><span>${duration(length)}</span></span>
    </div>
    <ol class="timeline">
      ${shown.map((entry) => line(entry, start))}
    </ol>
    ${shown.length < entries.length && html`<p class="note">${count(entries.length - shown.length, 'further entry', 'further entries')} not shown here; the message stream of the run has all of them.</p>`}
  </details>`;
}

function lane(track: Track, entries: readonly Entry[], start: number, length: number): Html {
  const marks = entries.filter((entry) => entry.track === track);
  const left = (entry: Entry): string => (((Date.parse(entry.at) - start) / Math.max(length, 1)) * 100).toFixed(2);
  return html`<span class="lane-name">${TRACKS[track]}</span
    ><span class="lane track-${track}">${marks.map((entry) => html`<i style="left:${left(entry)}%"></i>`)}</span>`;
}

function line(entry: Entry, start: number): Html {
  const { track, actor, summary, detail } = entry;
  return html`<li class="track-${track}">
    <time datetime="${entry.at}">+${Date.parse(entry.at) - start} ms</time>
    <span class="track">${TRACKS[track]}</span>
    <div><b>${actor}</b> ${summary}${detail !== undefined && detail !== null && detailOf(detail)}</div>
  </li>`;
}

function detailOf(detail: unknown): Html {
  const text = JSON.stringify(maskedFields(detail), null, 2);
  const rest = text.length - MOST_DETAIL;
  return html`<details class="detail">
    <summary>detail</summary>
    <pre tabindex="0">${text.slice(0, MOST_DETAIL)}${rest > 0 && `\n… and ${count(rest, 'more character')}`}</pre>
  </details>`;
}

function parsed(body: string): readonly Entry[] | string {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    return (error as Error).message;
  }
  const result = evidenceShape.safeParse(json);
  return result.success ? result.data.entries : z.prettifyError(result.error);
}
