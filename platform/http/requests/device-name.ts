import Bowser from 'bowser';
import type { FastifyRequest } from 'fastify';

/** What browsers send is at most half as long. */
const MAX_LENGTH = 512;
/** The parser makes up a name from what a program it does not know says of itself, which may tell people apart. */
const BROWSERS: ReadonlySet<string | undefined> = new Set(Object.values(Bowser.BROWSER_MAP));

/** What a caller's device is called in its person's list: "Firefox on Linux"; undefined of what is no browser. */
export function deviceNameOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const said = headers['user-agent']?.slice(0, MAX_LENGTH);
  if (said === undefined || said === '') return undefined;
  const { browser, os } = Bowser.parse(said);
  return BROWSERS.has(browser.name) && os.name !== undefined ? `${browser.name} on ${os.name}` : undefined;
}
