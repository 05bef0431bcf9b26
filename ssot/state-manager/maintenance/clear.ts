import { allows, type TenantContext, type UserId, Script } from '../../kernel';
import type { Scope } from '../contract';
import type { DurableRecords } from '../durable/durable-records';
import { StateError } from '../errors';
import { ownerOf, targetPart, tenantPrefix, userPart } from '../keys';
import { ERASED_MS } from '../limits';
import { ENTRIES } from '../records/entry-script';
import type { RecordStore } from '../records/record-store';
import { REMOVING } from '../redis/script';

const OTHERS_NEED = 'people:manage';

/** ARGV: 2 owner, 3 literal beginning of the names, 4 how long the owner is known as erased, or '' when only these entries go. */
const CLEAR = new Script(`${REMOVING}${ENTRIES}
local owner, start, removed = ARGV[2], ARGV[3], 0
for _, name in ipairs(redis.call('ZRANGE', T .. 'ix:' .. owner, 0, -1)) do
  if string.sub(name, 1, #start) == start and unexpired(owner, name) then
    remove(owner, name)
    removed = removed + 1
  end
end
if ARGV[4] ~= '' then
  local aside = T .. 'aside:' .. owner
  for _, key in ipairs(redis.call('SMEMBERS', aside)) do redis.call('DEL', key) end
  for _, name in ipairs(redis.call('ZRANGE', T .. 'cop:' .. owner, 0, -1)) do remove(owner, name) end
  redis.call('DEL', aside, T .. 'pos:' .. owner, T .. 'ix:' .. owner, T .. 'lru:' .. owner)
  -- The marker outlives them, so that it names nobody.
  redis.call('SET', T .. 'gone:' .. redis.sha1hex(owner), text(now + tonumber(ARGV[4])), 'PX', ARGV[4])
end
return removed`);

/**
 * What lasts goes first: whatever fails afterwards, a repeat finds the rest. Throws StateError (state_forbidden) for
 * somebody else's without the permission.
 */
export async function clear(
  { store, durable }: { readonly store: RecordStore; readonly durable: DurableRecords },
  ctx: TenantContext,
  target: { readonly scope: Scope; readonly id: string } | { readonly user: UserId },
): Promise<{ removed: number }> {
  const erasing = 'user' in target;
  if (erasing && target.user !== ctx.userId && !allows(ctx, OTHERS_NEED)) {
    throw new StateError(
      'state_forbidden',
      `Clearing somebody else's state needs the permission "${OTHERS_NEED}". Ask an administrator for it.`,
    );
  }
  const owner = erasing ? userPart(target.user) : ownerOf(ctx, target.scope);
  const start = erasing ? '' : `${targetPart(target.scope, target.id)}:`;
  const removed = await durable.clear(ctx, owner, start, erasing);
  const values = [owner, start, erasing ? ERASED_MS : ''];
  return { removed: removed + Number(await store.run(CLEAR, tenantPrefix(ctx), values)) };
}
