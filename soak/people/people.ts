import type { TenantId, ThreadId, UserId } from '../../ssot/kernel';
import { gatherCompany, signIn, type Member } from '../../bench/people/crowd';
import { eventually } from '../../world/eventually';
import { unrecorded } from './unrecorded';
import { HttpClient } from '../../world/clients/http-client';
import type { Say } from '../exercise';
import type { Stage } from '../stage/stage';

const AT_ONCE = 4;
const SIGNED_IN_WITHIN_MS = 30_000;

/** Somebody who has signed in, with what a module would know of them. */
export interface Person extends Member {
  readonly userId: UserId;
  readonly tenantId: TenantId;
  readonly company: number;
}

/** So many companies on the largest plan with so many people each, all signed in. */
export async function companies(
  stage: Stage,
  count: number,
  size: number,
  say: Say,
  { withUsage = 0 }: { readonly withUsage?: number } = {},
): Promise<readonly Person[]> {
  const { first, operatorKey } = stage;
  const gathered = await Promise.all(
    Array.from({ length: count }, (_, company) =>
      gatherCompany(size, first, operatorKey, { withUsage: company < withUsage }),
    ),
  );
  const members = gathered.flat();
  await signInAll(members, first.url);
  say(`${members.length} people of ${count} companies are there`);
  return Promise.all(members.map((member, place) => known(member, Math.floor(place / size), first.url)));
}

/** A few at a time, and again where too many want their passwords checked at once: getting there is no part of an exercise. */
export async function signInAll(members: readonly Member[], url: string): Promise<void> {
  const waiting = [...members];
  const lane = async (): Promise<void> => {
    for (let member = waiting.shift(); member !== undefined; member = waiting.shift()) {
      const own = member;
      await eventually(() => signIn(own, url), SIGNED_IN_WITHIN_MS);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

async function known(member: Member, company: number, url: string): Promise<Person> {
  const { userId, tenantId } = await caller(member, url).require<Pick<Person, 'userId' | 'tenantId'>>('get', '/v1/me');
  return Object.assign(member, { userId, tenantId, company });
}

/** Calls in somebody's name. */
export function caller({ email, accessToken }: Pick<Member, 'email' | 'accessToken'>, url: string): HttpClient {
  return new HttpClient(url, email, unrecorded, accessToken);
}

export async function newThread(person: Member, url: string, title = 'Q3 spend'): Promise<ThreadId> {
  return (await caller(person, url).require<{ threadId: ThreadId }>('post', '/v1/threads', { title })).threadId;
}
