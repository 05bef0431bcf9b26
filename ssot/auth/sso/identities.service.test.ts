import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SsoTest } from '../../../support/module-tests/auth/single-sign-on';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { masterKeys } from '../../../world/settings';
import type { Database } from '../../database-manager';
import { silentLogger, systemClock, type TenantId } from '../../kernel';
import { AuditTrail } from '../audit';
import { AUTH } from '../principals';
import { Seal } from '../sealing';
import { connectionOf } from './connection-rows';
import { Identities } from './identities';

const clock = new ControlledClock(systemClock.now());

const UNSAID = { provedAgoMs: undefined, providerSession: undefined };

describe('somebody for whom a provider vouches', () => {
  let sso: SsoTest;
  let db: Database;
  before(async () => {
    db = await stores.database();
    sso = await SsoTest.open(clock);
  });
  after(() => sso[Symbol.asyncDispose]());

  const comesIn = (tenantId: TenantId, email: string) =>
    db.asService(AUTH, async (tx) => {
      const seal = new Seal(masterKeys());
      const identities = new Identities({
        clock,
        seal,
        ids: stores.ids,
        audit: new AuditTrail({ db, clock, log: silentLogger }),
      });
      const connection = await connectionOf(tx, tenantId, 'share');
      assert(connection !== undefined);
      const statement = { subject: 'leo', email, isEmailVerified: true, name: 'Leo', ...UNSAID };
      return identities.resolve(tx, connection, { statement, address: '198.51.100.61' });
    });

  test('AU-06 is one person, whatever their e-mail is called in eight first sign-ins at once', async () => {
    const { domain, tenantId, owner } = await sso.company();
    const emails = Array.from({ length: 8 }, (_, number) => `leo.${number}@${domain}`);
    const all = await Promise.all(emails.map((email) => comesIn(tenantId, email)));
    assert.equal(new Set(all).size, 1);
    assert.equal((await sso.auth.accounts.list(owner, { limit: 10 })).length, 2);
  });
});
