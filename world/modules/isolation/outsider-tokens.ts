import type { RevenueWorld } from '../../revenue-world';

/** What is shown instead of a sign-in that counts, and how it is refused. */
export interface OutsiderToken {
  readonly token: string | undefined;
  readonly code: string;
}
export type TokenMaker = (world: RevenueWorld) => Promise<OutsiderToken>;

const MINUTE_MS = 60_000;

export const OUTSIDER_TOKENS: Readonly<Record<string, TokenMaker>> = {
  'no sign-in': () => Promise.resolve({ token: undefined, code: 'token_missing' }),
  'an invented token': () => Promise.resolve({ token: 'invented', code: 'token_invalid' }),
  'a sign-in that was ended': async ({ cast }) => {
    const session = await cast.person('Dana').signInOn('laptop');
    await session.signOut();
    return { token: session.pair.accessToken, code: 'session_ended' };
  },
  'the sign-in of a former colleague': async ({ cast }) => {
    const [ada, ravi] = [cast.person('Ada'), cast.person('Ravi')];
    const { accessToken: token, userId } = await ravi.signIn();
    await (await ada.http()).require('delete', `/v1/people/${userId}`);
    return { token, code: 'session_ended' };
  },
  'a sign-in of a suspended company': async ({ cast }) => {
    const { accessToken: token } = await cast.person('Mia').signIn();
    await cast.tenant('Cedar').suspend();
    return { token, code: 'access_revoked' };
  },
  'a sign-in that has run out': async ({ cast, operations }) => {
    const { accessToken: token } = await cast.person('Ada').signIn();
    operations.serving().advanceClock(16 * MINUTE_MS);
    return { token, code: 'token_expired' };
  },
};
