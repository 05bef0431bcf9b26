import Bowser from 'bowser';
import type { FastifyRequest } from 'fastify';

/** What browsers send is at most half as long. */
const MAX_LENGTH = 512;

/** What a caller's device is called in its person's list: "Firefox on Linux"; undefined of what is no browser. */
export function deviceNameOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const said = headers['user-agent']?.slice(0, MAX_LENGTH);
  if (said === undefined || said === '') return undefined;
  const { browser, os } = Bowser.parse(said);
  return browser.name === undefined || os.name === undefined ? undefined : `${browser.name} on ${os.name}`;
}
