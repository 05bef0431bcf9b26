import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UserId } from '../../kernel';
import { accountOf, entryText, storedEntry, type AuditActor, type AuditEvent } from './entry';

const [dana, leo] = ['user_01jt5wbs00e4csqj4k1y7d0c3g', 'user_01jt5wbs00e4csqj4k1y7d0c3k'] as [UserId, UserId];
const SESSION = 'session_01jt5wbs00e4csqj4k1y7d0c3h';
const by = (kind: AuditActor['kind'], id: string | null): AuditActor => ({ kind, id });

for (const [what, event, account] of [
  ['about a person, by another', { by: by('person', leo), subject: dana }, dana],
  ['about a person, by an operator', { by: by('operator', 'ines'), subject: dana }, dana],
  ['about a device of their own', { by: by('person', dana), subject: SESSION }, dana],
  ['about the company, by a person', { by: by('person', dana), subject: null }, dana],
  ['about a device, ended by the provider', { by: by('provider', null), subject: SESSION, account: dana }, dana],
  ['about a device, ended by nobody', { by: by('nobody', null), subject: SESSION, account: dana }, dana],
  ['about a domain, by an operator', { by: by('operator', dana), subject: 'acme.example' }, null],
  ['about the company, by an operator', { by: by('operator', 'ines'), subject: null }, null],
  ['about nobody that is known', { by: by('nobody', null), subject: null }, null],
] as const) {
  test(`AU-16 an entry is shown to the person whose account it concerns: ${what}`, () => {
    assert.equal(accountOf({ action: 'signed_out', address: '198.51.100.1', ...event }), account);
  });
}

test('AU-13 what is stored of a decision is the same text in every release, and nothing beside it', () => {
  const actor = { ...by('person', dana), name: 'Dana' };
  const event: AuditEvent = { action: 'sign_in', by: actor, subject: SESSION, address: '198.51.100.1', account: dana };
  const text = `{"action":"sign_in","by":{"kind":"person","id":"${dana}"},"subject":"${SESSION}","address":"198.51.100.1"`;
  assert.equal(entryText(event), `${text},"details":{}}`);
  assert.equal(entryText({ ...event, details: { methods: 'pwd' } }), `${text},"details":{"methods":"pwd"}}`);
});

test('AU-13 an entry of a newer release is read, and one of before without details', () => {
  const entry = { action: 'invented_later', by: { kind: 'robot', id: null }, subject: null, address: '' };
  assert.deepEqual(storedEntry.parse({ ...entry, more: 1 }), { ...entry, details: {} });
});
