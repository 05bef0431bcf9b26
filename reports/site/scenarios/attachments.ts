import type { AttachmentModel } from '../../model/run-model';
import { EVIDENCE_MEDIA_TYPE, evidenceTimeline } from './evidence-timeline';
import { count } from '../figures';
import { html, type Html } from '../html';

const PICTURE = /^image\/(png|jpeg|gif|webp)$/;
const TEXT = /^text\/|json|xml|yaml/;
const MOST_TEXT = 20_000;

/** What a scenario left behind besides its result: evidence as a time line, pictures and texts as themselves. */
export function attachment({ mediaType, body, encoding, fileName }: AttachmentModel): Html {
  const text = (): string => (encoding === 'BASE64' ? Buffer.from(body, 'base64').toString('utf8') : body);
  if (mediaType === EVIDENCE_MEDIA_TYPE) return evidenceTimeline(text());
  const name = fileName ?? (mediaType.startsWith('text/x.cucumber.log') ? 'Log' : mediaType);
  if (PICTURE.test(mediaType) && encoding === 'BASE64') {
    return html`<details class="evidence">
      <summary>${name}</summary>
      <img alt="${name}" src="data:${mediaType};base64,${body}" />
    </details>`;
  }
  if (!TEXT.test(mediaType))
    return html`<p class="note">${name}: ${mediaType}, kept in the message stream of the run.</p>`;
  const content = text();
  const rest = content.length - MOST_TEXT;
  return html`<details class="evidence">
    <summary>${name}</summary>
    <pre tabindex="0">${content.slice(0, MOST_TEXT)}${rest > 0 && `\n… and ${count(rest, 'more character')}`}</pre>
  </details>`;
}
