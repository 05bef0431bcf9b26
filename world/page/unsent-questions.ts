import { expect } from 'chai';
import type { Person } from '../actors/person';
import type { Pages } from './pages';

/** Asks while the page has no connection. */
export async function askWhileDown(pages: Pages, person: Person, text: string): Promise<void> {
  await pages.connections.breakDown();
  await pages.of(person).connectionIs('Connection lost');
  await pages.of(person).ask(text);
}

/** Looks into another thread, where nothing waits, comes back and reloads the page; the connection is still lost. */
export async function lookAwayAndReload(pages: Pages, person: Person, other: string, title: string): Promise<void> {
  const page = pages.of(person);
  await page.openThread(other);
  expect(await page.unsent()).to.deep.equal([]);
  await page.openThread(title);
  await page.reload();
  await page.connectionIs('Connection lost');
}

/** What the page says of a question that is still on its way: the question, and that it is not sent. */
export async function notSentYet(pages: Pages, person: Person): Promise<readonly string[]> {
  await pages.of(person).says('Not sent yet');
  return pages.of(person).unsent();
}

/** Has a question refused, because its message is spoilt on the way, while the next one is being written. */
export async function haveOneRefused(pages: Pages, person: Person, text: string, next: string): Promise<void> {
  const page = pages.of(person);
  pages.connections.spoilOne();
  await page.ask(text);
  await page.write(next);
  await page.says('Not asked.');
  expect(await page.unsent()).to.deep.equal([text, 'Not asked. The server did not understand this page. Reload it.']);
  expect(await page.written()).to.equal(next);
}

/** What stands in the box for questions, what waits to be sent and what was asked. */
export async function unasked(
  pages: Pages,
  person: Person,
): Promise<{ written: string; waiting: readonly string[]; asked: readonly object[] }> {
  const page = pages.of(person);
  return { written: await page.written(), waiting: await page.unsent(), asked: await person.storedEvents() };
}
