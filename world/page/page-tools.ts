import type { Page, Route } from 'playwright-core';
import { eventually } from '../eventually';

/** What the chat page offers around a thread: its title, sharing, other devices; used by what is written on it. */
export class PageTools {
  constructor(private readonly page: Page) {}

  async rename(title: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Rename' }).click();
    await this.page.getByLabel('Title of this thread').fill(title);
    await this.page.getByRole('button', { name: 'Save' }).click();
  }

  /** Asks for it, and answers the question whether that is meant. */
  async delete(answer: 'Keep it' | 'Delete for good'): Promise<void> {
    await this.page.getByRole('button', { name: 'Delete', exact: true }).click();
    await this.page.getByRole('dialog').getByRole('button', { name: answer }).click();
    await this.page.getByRole('dialog').waitFor({ state: 'hidden' });
  }

  /**
   * Presses a button below the newest report, and waits until the page says who reads it. It is asked once the page has been drawn, as
   * over a network: a button that may not be pressed has lost the focus by then.
   */
  async share(button: string, outcome: string): Promise<void> {
    const asking = async (route: Route): Promise<void> => {
      await this.page.evaluate(drawn);
      await route.continue();
    };
    await this.page.route('**/publication', asking, { times: 1 });
    await this.page.getByRole('button', { name: button }).last().click();
    await this.page.locator('.sharing').getByText(outcome).last().waitFor();
  }

  /** What the list of shared reports says, a line each, once so many are listed. */
  async sharedReports(count: number): Promise<readonly string[]> {
    await this.page.getByRole('button', { name: 'Shared reports' }).click();
    const lines = this.page.getByRole('dialog', { name: 'Shared reports' }).getByRole('listitem');
    if (count === 0) await this.page.getByText('Nobody has shared a report yet.').waitFor();
    else await lines.nth(count - 1).waitFor();
    const listed = await lines.locator('summary').allInnerTexts();
    await this.page.getByRole('button', { name: 'Done' }).click();
    return listed;
  }

  /** Takes the newest of the listed reports back, and leaves the list. */
  async takeBackListed(): Promise<void> {
    await this.page.getByRole('button', { name: 'Shared reports' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Shared reports' });
    await dialog
      .getByRole('button', { name: /^Stop sharing/ })
      .first()
      .click();
    await dialog.getByText('Nobody has shared a report yet.').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
  }

  /** Who can read the newest report, as it stands below it. */
  sharingSays(): Promise<string> {
    return this.page.locator('.sharing p').first().innerText();
  }

  /** Opens a listed report and answers its headline. */
  async openShared(question: string): Promise<string> {
    await this.page.getByRole('button', { name: 'Shared reports' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Shared reports' });
    await dialog.getByText(question).first().click();
    const headline = await dialog
      .getByRole('region', { name: `Report: ${question}` })
      .locator('h3')
      .innerText();
    await this.page.getByRole('button', { name: 'Done' }).click();
    return headline;
  }

  /** How many tabs are open, as the page of one's account tells it. */
  async openTabs(count: number): Promise<void> {
    await this.page.getByRole('link', { name: 'My account' }).click();
    await this.#tabs(count);
  }

  /** Closes the first of them, and goes back to the chat. */
  async closeFirstTab(left: number): Promise<void> {
    await this.page
      .getByRole('button', { name: /^Close: / })
      .first()
      .click();
    await this.#tabs(left);
    await this.page.getByRole('link', { name: 'Back to the chat' }).click();
  }

  #tabs(count: number): Promise<void> {
    return this.page.getByText(`and have ${count} ${count === 1 ? 'tab' : 'tabs'} open.`).waitFor();
  }

  /** An input method composes a word in the question, and its Enter ends it: as Chromium and as Safari tell of it. */
  async composeWord(word: string): Promise<void> {
    const question = this.page.getByLabel('Your question');
    await question.focus();
    const input = await this.page.context().newCDPSession(this.page);
    await input.send('Input.imeSetComposition', { text: word, selectionStart: word.length, selectionEnd: word.length });
    const enter = { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true };
    await question.dispatchEvent('keydown', { ...enter, isComposing: true, keyCode: 229 });
    await input.send('Input.insertText', { text: word });
    await question.dispatchEvent('keydown', { ...enter, isComposing: false, keyCode: 229 });
  }

  /** How far from the top of the thread's pane the newest report begins, in pixels, once it does not move any more. */
  newestReportAt(): Promise<number> {
    return eventually(async () => {
      const [pane, report] = await Promise.all([
        this.page.locator('#thread').boundingBox(),
        this.page.locator('.report').last().boundingBox(),
      ]);
      if (pane === null || report === null) throw new Error('no report is shown yet');
      return report.y - pane.y;
    });
  }

  /** The direction in which a question, and what stands beside it, is written. */
  async directions(): Promise<{ question: string; title: string }> {
    const of = (selector: string): Promise<string> => this.page.locator(selector).last().evaluate(directionOf);
    return { question: await of('.question h2'), title: await of('#thread-title') };
  }

  /** What somebody who does not see the page is told the reports are called. */
  async reportNames(): Promise<readonly (string | null)[]> {
    const reports = await this.page.getByRole('region', { name: /^Report/ }).all();
    return Promise.all(reports.map((report) => report.getAttribute('aria-label')));
  }

  /** What typing would go to. */
  async focused(): Promise<string | null> {
    return this.page.locator(':focus').getAttribute('id');
  }

  /** The words of the button that Enter would press. */
  focusedText(): Promise<string> {
    return this.page.locator('button:focus').innerText();
  }
}

/** Runs in the page. A frame that was asked for is drawn when the next one is begun. */
function drawn(): Promise<void> {
  const page = globalThis as unknown as { requestAnimationFrame(then: () => void): void };
  return new Promise((resolve) => page.requestAnimationFrame(() => page.requestAnimationFrame(() => resolve())));
}

/** Runs in the page; the suite's own types know no document. */
function directionOf(element: unknown): string {
  const page = globalThis as unknown as { getComputedStyle(of: unknown): { direction: string } };
  return page.getComputedStyle(element).direction;
}
