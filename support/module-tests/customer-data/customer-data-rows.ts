import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Analytics } from '../../../ssot/analytics';
import {
  servicePrincipal,
  sql,
  vouchFor,
  type Sql,
  type TenantContext,
  type TenantId,
  type Transactions,
} from '../../../ssot/kernel';
import { defineState, type StateManager } from '../../../ssot/state-manager';
import { callOf } from '../../../world/modules/analytics/analytics-under-test';
import type { Somebody } from './customer-data-test';
import { stores } from '../stores';

const AT = new Date('2026-01-01T00:00:00Z');
const AT_ONCE = 20;
const USAGE_AT_ONCE = 1_000;
const LASTING = defineState({ name: 'erasure-plan', scope: 'thread', schema: z.string(), durability: 'durable' });
const FLEETING = defineState({ name: 'erasure-note', scope: 'thread', schema: z.string() });

/** Puts something of each person into every store: by the modules where they are quick, else straight into the tables. */
export async function fillCompany(
  { db, usage, state }: { readonly db: Transactions; readonly usage: Analytics; readonly state: StateManager },
  tenantId: TenantId,
  people: readonly Somebody[],
): Promise<void> {
  const ctxOf = ({ userId }: Somebody): TenantContext =>
    vouchFor({ tenantId, userId, plan: 'enterprise', permissions: ['chat:use', 'usage:write'] });
  const rows = people.map((one, number) => ({
    ...{ user: one.userId, thread: one.threadId, run: one.runId, mark: one.mark, number },
    ...{ event: stores.ids.next('event'), call: stores.ids.next('call'), session: one.sessionId },
    ...{ key: stores.ids.next('key'), legacy: randomUUID(), secret: randomBytes(8).toString('hex') },
  }));
  const each = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as p("user" text, thread text, run text, mark text,
    number int, event text, call text, session text, key text, legacy text, secret text)`;
  await db.asService(servicePrincipal('filling'), async (tx) => {
    for (const statement of accountRows(tenantId, each)) await tx.execute(statement);
  });
  await db.transaction(ctxOf(people[0] as Somebody), async (tx) => {
    for (const statement of contentRows(tenantId, each)) await tx.execute(statement);
  });
  for (let from = 0; from < people.length; from += AT_ONCE) {
    await Promise.all(
      people.slice(from, from + AT_ONCE).map(async (one) => {
        const ctx = ctxOf(one);
        await state.put(ctx, LASTING, { id: one.threadId }, one.mark, { writeId: one.mark });
        await state.put(ctx, FLEETING, { id: one.threadId }, one.mark, { writeId: `${one.mark}-2` });
      }),
    );
  }
  const calls = people.map(({ userId: personId, runId, mark, usageId }) =>
    callOf(usageId, { personId, runId, promptHash: mark }),
  );
  for (let from = 0; from < calls.length; from += USAGE_AT_ONCE)
    await usage.record(ctxOf(people[0] as Somebody), calls.slice(from, from + USAGE_AT_ONCE));
  // Of a few: each is an insert of its own.
  for (const { userId, threadId: subject, mark } of people.slice(0, 20)) {
    await usage.archive.put({ tenantId, userId, kind: 'thread', subject, part: 1, checksum: mark, body: mark });
  }
  // What waits for its delivery, which is over in a moment otherwise.
  await db.transaction(ctxOf(people[0] as Somebody), (tx) =>
    tx.execute(sql`insert into working_state_change (tenant_id, stamp, owner, name, op, version)
      select ${tenantId}, nextval('working_state_stamp'), "user", thread, 'created', 1 from ${each}`),
  );
}

function accountRows(tenantId: TenantId, each: Sql): readonly Sql[] {
  const hash = createHash('sha256').update('x').digest();
  return [
    sql`insert into tenant (tenant_id, name, plan, created_at) values (${tenantId}, ${`company-${tenantId}`}, 'enterprise', ${AT})`,
    sql`insert into account (tenant_id, user_id, name, email, password_hash, role, created_at)
        select ${tenantId}, "user", mark, mark || '@example.com', 'none',
          case number when 1 then 'owner' else 'member' end, ${AT} from ${each}`,
    sql`insert into session (tenant_id, session_id, user_id, auth_time, idle_until, ends_at)
        select ${tenantId}, session, "user", ${AT}, ${AT}, ${AT} from ${each}`,
    sql`insert into refresh_token (tenant_id, hash, session_id, device_hash, issued_at)
        select ${tenantId}, decode(md5(mark), 'hex'), session, convert_to(mark, 'UTF8'), ${AT} from ${each}`,
    sql`insert into api_key (tenant_id, key_id, user_id, name, secret_hash, scopes, created_at, expires_at)
        select ${tenantId}, key, "user", mark, ${hash}, '{}', ${AT}, ${AT} from ${each}`,
    sql`insert into totp_factor (tenant_id, user_id, sealed_secret, created_at)
        select ${tenantId}, "user", ${hash}, ${AT} from ${each}`,
    sql`insert into backup_code (tenant_id, user_id, hash) select ${tenantId}, "user", ${hash} from ${each}`,
    sql`insert into identity (tenant_id, issuer, subject, user_id, created_at)
        select ${tenantId}, 'https://login.example', mark, "user", ${AT} from ${each}`,
    sql`insert into provider_sign_in (tenant_id, state_hash, until, user_id, subject)
        select ${tenantId}, decode(md5(mark), 'hex'), ${AT}, "user", mark from ${each}`,
    sql`insert into sso_connection (tenant_id, issuer, client_id, sealed_secret, new_people, connected_at)
        values (${tenantId}, 'https://login.example', 'client', ${hash}, 'members', ${AT})`,
    sql`insert into domain_claim (tenant_id, domain, token, created_at)
        values (${tenantId}, ${`${tenantId}.example`}, 'token', ${AT})`,
    sql`insert into removed_person (tenant_id, hash, removed_at) values (${tenantId}, ${hash}, ${AT})`,
    sql`insert into kept_person (tenant_id, user_id, number, place, record)
        select ${tenantId}, "user", 1, 'account', jsonb_build_object('name', mark) from ${each}`,
    sql`insert into pending_login (tenant_id, hash, user_id, created_at, until)
        select ${tenantId}, decode(md5(mark), 'hex'), "user", ${AT}, ${AT} from ${each}`,
  ];
}

function contentRows(tenantId: TenantId, each: Sql): readonly Sql[] {
  return [
    sql`insert into thread (tenant_id, thread_id, user_id, title, created_at)
        select ${tenantId}, thread, "user", mark, ${AT} from ${each}`,
    sql`insert into thread_heads (tenant_id, thread_id, head_seq, last_event_at)
        select ${tenantId}, thread, 1, ${AT} from ${each}`,
    sql`insert into thread_events (tenant_id, thread_id, seq, id, type, run_id, at, data)
        select ${tenantId}, thread, 1, event, 'user_message', run, ${AT}, jsonb_build_object('text', mark) from ${each}`,
    sql`insert into run_sequences (tenant_id, run_id, thread_id, phase, open_calls)
        select ${tenantId}, run, thread, 'ended', '{}' from ${each}`,
    sql`insert into runs (tenant_id, id, thread_id, user_id, plan, client_message_id, question, as_of, state, created_at, ended_at)
        select ${tenantId}, run, thread, "user", 'enterprise', mark, mark, ${AT}, 'completed', ${AT}, ${AT} from ${each}`,
    sql`insert into tool_calls (tenant_id, run_id, call_id, agent, tool, args, result, started_at)
        select ${tenantId}, run, call, 'data', 'usage_summary', '{}', jsonb_build_object('of', mark), ${AT} from ${each}`,
    sql`insert into published_reports (tenant_id, run_id, user_id, report, published_at)
        select ${tenantId}, run, "user", jsonb_build_object('by', mark), ${AT} from ${each}`,
    sql`insert into run_state (tenant_id, run_id, user_id, thread_id, agent, version, fence, step, phase, shape, ending, body,
          created_at, saved_at)
        select ${tenantId}, run, "user", thread, 'data', 1, 1, 1, 'data', 1, 'completed', to_json(mark)::text, ${AT}, ${AT}
        from ${each}`,
    sql`insert into run_save (tenant_id, run_id, save_id, version, fingerprint, saved_at)
        select ${tenantId}, run, mark, 1, 'none', ${AT} from ${each}`,
    sql`insert into archive_part (tenant_id, kind, subject, part, user_id, last_seq, checksum, state, noted_at)
        select ${tenantId}, 'run', run, 1, "user", 1, mark, 'copied', ${AT} from ${each}`,
    sql`insert into archive_purge (tenant_id, subject, user_id, due_at) select ${tenantId}, mark, "user", ${AT} from ${each}`,
    sql`insert into config_head (tenant_id, version) values (${tenantId}, 1)`,
    sql`insert into config_override (tenant_id, key, value, version) values (${tenantId}, 'model.wording', 'true', 1)`,
    sql`insert into config_change (tenant_id, version, actor_id, reason, request_id, body_hash, left_as_is, at)
        select ${tenantId}, number + 1, "user", mark, legacy, 'x'::bytea, '{}', ${AT} from ${each}`,
    sql`insert into config_change_item (tenant_id, version, key, after, is_secret)
        values (${tenantId}, 1, 'model.wording', 'true', false)`,
    sql`insert into id_migration (tenant_id, id, name, opened_at)
        values (${tenantId}, ${stores.ids.next('mig')}, 'moving', ${AT})`,
    sql`insert into id_migration_item (tenant_id, kind, legacy, new_id, outcome, at)
        select ${tenantId}, 'user', legacy, "user", 'converted', ${AT} from ${each}`,
    sql`insert into id_migration_item (tenant_id, kind, legacy, new_id, parent_kind, parent_legacy, outcome, at)
        select ${tenantId}, 'thread', mark, thread, 'user', legacy, 'converted', ${AT} from ${each}`,
  ];
}
