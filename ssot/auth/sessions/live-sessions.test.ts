import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plans } from '../../configuration-manager';
import { silentLogger, systemClock } from '../../kernel';
import { LiveSessions } from './live-sessions';

type Row = Parameters<LiveSessions['secondFactorOf']>[0];

for (const [what, row, isAskedFor, expected] of [
  ['whoever has one has it, asked for or not', { has_factor: true, methods: ['pwd'] }, true, 'set_up'],
  ['a password alone is not enough where one is asked for', { has_factor: false, methods: ['pwd'] }, true, 'due'],
  ['and is where none is', { has_factor: false, methods: ['pwd'] }, false, 'none'],
  ['the company’s provider has proven what it asks for', { has_factor: false, methods: ['sso'] }, true, 'none'],
] as const) {
  test(`AU-09 of whom a second factor is due: ${what}`, async () => {
    const live = new LiveSessions({
      ...{ db: {} as never, clock: systemClock, plans, log: silentLogger },
      isSecondFactorRequired: () => Promise.resolve(isAskedFor),
    });
    const session = { ...row, tenant_id: 't', user_id: 'u', plan: 'mid', role: 'member' } as unknown as Row;
    assert.equal(await live.secondFactorOf(session), expected);
  });
}
