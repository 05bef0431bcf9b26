import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { startPlatform } from '../../../platform';
import { createLogger } from '../../../platform/logging/logging';
import { loadBase } from '../../../ssot/configuration-manager';
import { createIdSource } from '../../../ssot/id-manager';
import {
  noMetrics,
  systemClock,
  systemRandom,
  type EventDraft,
  type TenantContext,
  type ThreadId,
} from '../../../ssot/kernel';
import { addressOf } from '../../../world/settings';
import { agentsDatabase } from './agents-database';
import type { Contestant, Ticket } from './contestant';

const TENANTS = 10;
const HERE = '127.0.0.1';
const PASSWORD = randomBytes(12).toString('hex');

interface Room {
  readonly context: TenantContext;
  readonly threadId: ThreadId;
  readonly draft: (note: string) => EventDraft;
}

/** An instance of the platform, whole; its thread log is written to as its agents write to it: in transactions of theirs. */
export async function ours(): Promise<Contestant> {
  const log = createLogger('error');
  const base = await loadBase({ variables: process.env, clock: systemClock, log });
  const platform = await startPlatform(base, { clock: systemClock, time: 'server', random: systemRandom, log });
  const { auth, threads, log: threadLog } = platform.services;
  const database = await agentsDatabase(base, log);
  const append = (ctx: TenantContext, threadId: ThreadId, drafts: readonly EventDraft[]): Promise<unknown> =>
    database.transaction(ctx, (tx) => threadLog.append(ctx, threadId, drafts, tx));
  const ids = createIdSource({ clock: systemClock, random: systemRandom, logger: log, metrics: noMetrics });
  const rooms: Room[] = [];
  const pool = new Pool({ connectionString: process.env['SPEC_POSTGRES_URL'], max: 1 });

  /** Somebody with a thread in which an agent has begun to answer. */
  const open = async (
    room: number,
    tenantId: Awaited<ReturnType<typeof auth.provisioning.createTenant>>,
  ): Promise<Ticket> => {
    const email = `${randomBytes(8).toString('hex')}@bench.example`;
    const by = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HERE);
    await auth.provisioning.addPerson(by, tenantId, { name: 'Dana', email, password: PASSWORD, role: 'member' });
    const { tokens } = await auth.signIn.withPassword({ email, password: PASSWORD, device: 'bench', address: HERE });
    const { context } = await auth.tokens.check(tokens.access, 'person', HERE);
    const { threadId } = await threads.create(context, 'Q3 spend');
    const runId = ids.next('run');
    const draft = (rest: Pick<EventDraft, 'type' | 'data'>): EventDraft =>
      ({ id: ids.next('event'), runId, agent: 'data', ...rest }) as EventDraft;
    const question = { text: 'Why?', clientMessageId: 'bench', userId: context.userId, waiting: 0 };
    await append(context, threadId, [
      { ...draft({ type: 'user_message', data: question }), agent: null },
      draft({ type: 'agent_started', data: { question: 'Why?' } }),
    ]);
    rooms[room] = {
      context,
      threadId,
      draft: (note) => draft({ type: 'agent_thinking', data: { step: 'query', note } }),
    };
    return { room, token: tokens.access, threadId };
  };

  return {
    url: platform.url.replace('http', 'ws'),
    async prepare(count) {
      const by = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HERE);
      const tenants = await Promise.all(
        Array.from({ length: TENANTS }, () => auth.provisioning.createTenant(by, { name: 'Acme', plan: 'enterprise' })),
      );
      const tickets: Ticket[] = [];
      // A few at a time: hashing passwords is slow on purpose.
      for (let from = 0; from < count; from += TENANTS) {
        const few = tenants.slice(0, count - from).map((tenantId, place) => open(from + place, tenantId));
        tickets.push(...(await Promise.all(few)));
      }
      return tickets;
    },
    async tell(room, notes) {
      const { context, threadId, draft } = rooms[room] as Room;
      await append(context, threadId, notes.map(draft));
    },
    async bareRead(room, afterSeq) {
      const { context, threadId } = rooms[room] as Room;
      const client = await pool.connect();
      try {
        await client.query('begin read only');
        await client.query(`select set_config('app.tenant_id', $1, true)`, [context.tenantId]);
        const began = performance.now();
        await client.query('select * from thread_events where thread_id = $1 and seq > $2 order by seq', [
          threadId,
          afterSeq,
        ]);
        return performance.now() - began;
      } finally {
        await client.query('rollback');
        client.release();
      }
    },
  };
}
