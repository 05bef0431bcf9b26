import { attempt, el, find, findAs } from '../common/dom.mjs';
import { instant } from '../common/labels.mjs';
import { nextPage } from '../common/next-page.mjs';
import { headline } from '../answer/headline.mjs';
import { reportView } from '../answer/report-view.mjs';

const PAGE = 50;

/**
 * What colleagues have shared with the company, newest first; one's own can be taken back.
 *
 * @typedef {import('../types.ts').SharedReport} SharedReport
 * @typedef {import('../types.ts').Me} Me
 */
export class SharedReportsView {
  #dialog = findAs(HTMLDialogElement, '#reports');
  #list = find('#reports ol');
  #older = findAs(HTMLButtonElement, '#reports .older');
  /** @type {readonly SharedReport[]} */
  #shown = [];
  #session;
  #tookBack;
  /** @type {Me | null} */
  #me = null;

  /**
   * @param {import('../session/session.mjs').Session} session
   * @param {(runId: string) => void} tookBack
   */
  constructor(session, tookBack) {
    this.#session = session;
    this.#tookBack = tookBack;
    find('#show-reports').addEventListener('click', () => this.#open());
    this.#older.addEventListener('click', () => attempt(this.#dialog, this.#older, () => this.#loadOlder()));
    find('.cancel', this.#dialog).addEventListener('click', () => this.#dialog.close());
  }

  /** @param {Me} me */
  enter(me) {
    this.#me = me;
    find('.company', this.#dialog).textContent = me.company;
  }

  close() {
    this.#me = null;
    this.#list.replaceChildren();
    this.#dialog.close();
  }

  #open() {
    this.#list.replaceChildren();
    this.#older.hidden = true;
    this.#dialog.showModal();
    return attempt(this.#dialog, null, () => this.#load());
  }

  async #load() {
    const reports = await this.#read();
    this.#list.replaceChildren(...reports.map((shared) => this.#item(shared)));
    this.#shown = reports;
    find('.none', this.#dialog).hidden = reports.length > 0;
  }

  /** Those that were taken back meanwhile go. */
  async #loadOlder() {
    const { page, gone } = await nextPage(this.#shown, (last) => this.#read(last && `&before=${last.runId}`));
    for (let left = gone.length; left > 0; left -= 1) this.#list.lastElementChild?.remove();
    this.#list.append(...page.map((shared) => this.#item(shared)));
    this.#shown = [...this.#shown.slice(0, this.#shown.length - gone.length), ...page];
  }

  /**
   * @param {string} [more]
   * @returns {Promise<readonly SharedReport[]>}
   */
  async #read(more = '') {
    const { reports } = await this.#session.call('GET', `/v1/reports?limit=${PAGE}${more}`);
    this.#older.hidden = reports.length < PAGE;
    return reports;
  }

  /** @param {SharedReport} shared */
  #item({ runId, userId, author, publishedAt, report }) {
    const isOwn = userId === this.#me?.userId;
    const by = `${isOwn ? 'You' : author}, ${instant(publishedAt)}`;
    const summary = el(
      'summary',
      {},
      el('b', { dir: 'auto' }, report.question),
      el('span', { className: 'quiet' }, ` ${headline(report)}. ${by}`),
    );
    const details = el('details', {}, summary);
    // Many reports, of which few are read: each is made when it is opened.
    details.addEventListener('toggle', () => details.append(reportView(report)), { once: true });
    const takeBack = el('button', { type: 'button', ariaLabel: `Stop sharing: ${report.question}` }, 'Stop sharing');
    takeBack.onclick = () =>
      attempt(this.#dialog, takeBack, async () => {
        await this.#session.call('DELETE', `/v1/runs/${runId}/publication`);
        this.#tookBack(runId);
        await this.#load();
        // The button that had the focus is gone.
        find('.cancel', this.#dialog).focus();
      });
    return el('li', {}, details, isOwn ? takeBack : null);
  }
}
