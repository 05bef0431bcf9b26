import type { Auth } from '../../ssot/auth';
import { plans, type Base } from '../../ssot/configuration-manager';
import type { IdSource } from '../../ssot/id-manager';
import type { Part } from '../../ssot/lifecycle-manager';
import { isHeld } from '../../ssot/state-persistence';
import { authConfigFrom, openIdentity, singleSignOnFrom } from '../wiring/identity';
import { secondFactorRequiredBy } from '../wiring/settings';
import type { Common } from './common';
import { made, type Made, type Parts } from './made';

interface IdentityDeps extends Made<'database' | 'redis' | 'analytics' | 'configuration'> {
  readonly ids: IdSource;
  /** This instance's own address. */
  readonly url: () => string;
}

/** Who is calling, for which company, and with which rights. */
export function identityParts(base: Base, common: Common, deps: IdentityDeps): Parts<'auth'> {
  let auth: Auth | undefined;
  const part: Part = {
    name: 'auth',
    needs: ['postgres', 'state', 'settings'],
    start: async () => {
      auth = await openIdentity({
        ...common,
        db: deps.database(),
        redis: deps.redis(),
        keys: base.keys,
        isTimeZone: (name) => deps.analytics().isTimeZone(name),
        isSecondFactorRequired: secondFactorRequiredBy(deps.configuration()),
        isHeld,
        plans,
        ids: deps.ids,
        sso: singleSignOnFrom(base, deps.url),
        config: authConfigFrom(base),
      });
    },
    stop: async () => made(auth)[Symbol.asyncDispose](),
  };
  return { parts: [part], auth: () => made(auth) };
}
