import type { Person } from '../actors/person';
import type { PageConnections } from './page-connections';
import type { Pages } from './pages';

/** Signs somebody in on the page and shows a thread there. */
export type WayToOpen = (pages: Pages, person: Person, title: string) => Promise<unknown>;

/** How a thread is open on the page, in the words that follow "on the chat page". */
export const WAYS_TO_OPEN = {
  '': (pages, person, title) => pages.openThread(person, title),
  ' there': (pages, person, title) => pages.openThreadThere(person, title),
  ' in two tabs': async (pages, person, title) => {
    await pages.openThread(person, title);
    await pages.openThread(person, title);
  },
  ' in two tabs of one browser': (pages, person, title) => pages.openThreadBeside(person, title),
  ', on connections that can break': (pages, person, title) => pages.openThreadOnConnections(person, title),
  ', behind a front door': (pages, person, title) => pages.openThreadBehindDoor(person, title),
  ', behind a network that can break': (pages, person, title) => pages.openThreadOnTheWay(person, title),
} as const satisfies Record<string, WayToOpen>;

/** What happens to what a page is told. */
export type Mishap = (connections: PageConnections) => void;
export const MISHAPS = {
  'everything is told twice': (connections) => connections.double(),
  'one event is never told': (connections) => connections.loseOne(),
} as const satisfies Record<string, Mishap>;
