import { attempt, el } from '../common/dom.mjs';
import { instant } from '../common/labels.mjs';

/**
 * Whether a report is shared, with whom, and the button that changes it. Nothing is shared by asking.
 *
 * @typedef {object} SharingDeps
 * @property {string} company
 * @property {(runId: string) => Promise<{ publishedAt: string }>} share
 * @property {(runId: string) => Promise<unknown>} takeBack
 */
export class SharingView {
  #state = el('p', { className: 'quiet' });
  #button = el('button', { type: 'button' });
  element = el(
    'div',
    { className: 'sharing' },
    this.#state,
    this.#button,
    el('p', { className: 'refusal', role: 'alert' }),
  );
  /** @type {string | null} */
  #since = null;
  #deps;

  /**
   * @param {string} runId
   * @param {SharingDeps} deps
   */
  constructor(runId, deps) {
    this.#deps = deps;
    this.#button.onclick = () =>
      attempt(this.element, this.#button, async () => {
        if (this.#since === null) this.sharedSince((await deps.share(runId)).publishedAt);
        else {
          await deps.takeBack(runId);
          this.sharedSince(null);
        }
      });
    this.sharedSince(null);
  }

  /** @param {string | null} at RFC 3339; null: it is not shared */
  sharedSince(at) {
    this.#since = at;
    const { company } = this.#deps;
    this.#state.textContent =
      at === null
        ? 'Only you can see this report.'
        : `Everybody at ${company} can read this report, since ${instant(at)}.`;
    this.#button.textContent = at === null ? `Share with ${company}` : 'Stop sharing';
  }
}
