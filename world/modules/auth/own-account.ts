import type { Person } from '../../actors/person';
import type { Session } from '../../actors/session';
import { known } from '../../known';
import type { Problem } from '../../clients/http-client';
import type { RevenueWorld } from '../../revenue-world';

interface Happened {
  readonly action: string;
  readonly by: string;
  readonly details: { readonly device?: string };
}

/** How people call what their accounts tell them. */
const WORDS = {
  sign_in: 'signed in',
  sign_in_refused: 'a sign-in was refused',
  sign_in_locked: 'too many passwords were wrong',
  role_changed: 'the role was changed',
} as const;

/** What people see of their own accounts, and what they end there. */
export class OwnAccount {
  /** As the list called them, one after the other. */
  devices: readonly string[] = [];

  constructor(private readonly world: Pick<RevenueWorld, 'liveConnections' | 'platformUrl'>) {}

  async lookAndSignOut(on: Session, another: Session): Promise<void> {
    this.devices = await on.devices();
    await on.signOutAnother(another);
  }

  /** What a call and a live connection of somebody who is signed in are answered. */
  async tryToChat(person: Person): Promise<readonly string[]> {
    const { status, body } = await (await person.http()).send<Partial<Problem>>('get', '/v1/threads');
    const { accessToken: token } = await person.signIn();
    const { outcome } = await this.world.liveConnections.attempts.connect(await this.world.platformUrl(), { token });
    return [status === 200 ? 'done' : String(body.code), outcome];
  }

  /** What has happened last, and by whom. */
  async newest(on: Session): Promise<{ readonly what: string; readonly by: string }> {
    const { events } = await on.read<{ events: readonly Happened[] }>('/v1/me/activity?limit=1');
    const [{ action, by, details } = { action: 'nothing', by: 'nobody', details: {} as Happened['details'] }] = events;
    const words = known('kind of happening', action, Object.keys(WORDS) as (keyof typeof WORDS)[]);
    return { what: WORDS[words] + (details.device === undefined ? '' : ` on ${details.device}`), by };
  }
}
