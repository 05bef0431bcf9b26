import { SharingView } from './sharing-view.mjs';

/** Which reports of the open thread are shared, for whoever may share them. */
export class ThreadSharing {
  /** @type {Map<string, SharingView>} */
  #views = new Map();
  /** Since when, by run. @type {Map<string, string>} */
  #since = new Map();
  /** @type {{ company: string } | null} */
  #publisher = null;
  #session;

  /** @param {import('../session/session.mjs').Session} session */
  constructor(session) {
    this.#session = session;
  }

  /** @param {{ company: string } | null} publisher null: somebody who may not share */
  allow(publisher) {
    this.#publisher = publisher;
  }

  clear() {
    this.#views.clear();
    this.#since.clear();
  }

  /** @param {string} threadId */
  async load(threadId) {
    if (this.#publisher === null) return;
    try {
      const { reports } = await this.#session.call('GET', `/v1/reports?threadId=${threadId}`);
      for (const { runId, publishedAt } of reports) {
        this.#since.set(runId, publishedAt);
        this.#views.get(runId)?.sharedSince(publishedAt);
      }
    } catch {
      // Sharing once more changes nothing, so a button that does not know yet does no harm.
    }
  }

  /**
   * For what was taken back elsewhere on the page.
   *
   * @param {string} runId
   */
  tookBack(runId) {
    this.#since.delete(runId);
    this.#views.get(runId)?.sharedSince(null);
  }

  /**
   * What stands below a report; nothing for somebody who may not share.
   *
   * @param {string} runId
   */
  elementFor(runId) {
    if (this.#publisher === null) return null;
    const view = new SharingView(runId, {
      company: this.#publisher.company,
      share: (id) => this.#session.call('POST', `/v1/runs/${id}/publication`),
      takeBack: (id) => this.#session.call('DELETE', `/v1/runs/${id}/publication`),
    });
    view.sharedSince(this.#since.get(runId) ?? null);
    this.#views.set(runId, view);
    return view.element;
  }
}
