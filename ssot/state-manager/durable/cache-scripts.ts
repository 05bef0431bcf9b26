import { Script } from '../../kernel';
import { EXPIRY_GRACE_MS } from '../limits';
import { READ_ONLY, REMOVING, WRITING } from '../redis/script';
import { ENTRIES } from '../records/entry-script';

/** A slow fetch from PostgreSQL is over long before. */
const REMOVAL_KEPT_MS = 60_000;

/** ARGV: 2 owner, 3 name, 4 how long a copy is trusted. Answers its fields, or nothing. */
export const READ_CACHE = new Script(`${READ_ONLY}${ENTRIES}
local entry = load(ARGV[2], ARGV[3])
local confirmed = redis.call('HGET', key_of(ARGV[2], ARGV[3]), 'confirmed')
if not confirmed or now - tonumber(confirmed) >= tonumber(ARGV[4]) or tonumber(entry[6]) <= now then return false end
return entry`);

/**
 * ARGV: 2-5 quotas (user's entries and bytes, tenant's), 6 owner, 7 name, 8 stamp. A
 * copy is kept as long as nothing newer stands there or was removed, and never at the cost of what cannot be fetched again.
 */
const CACHE = `${ENTRIES}
local owner, name, stamp = ARGV[6], ARGV[7], tonumber(ARGV[8])
local key, removal = key_of(owner, name), T .. 'gone:' .. owner .. ':' .. name
local cached = tonumber(redis.call('HGET', key, 'stamp') or '0')
local removed = tonumber(redis.call('GET', removal) or '0')
local function fits(bytes)
  if used('n') >= tonumber(ARGV[4]) or used('b') + bytes > tonumber(ARGV[5]) then return false end
  while owner ~= '~' and (used('n:' .. owner) >= tonumber(ARGV[2]) or used('b:' .. owner) + bytes > tonumber(ARGV[3])) do
    local oldest = redis.call('ZRANGE', T .. 'cop:' .. owner, 0, 0)[1]
    if not oldest then return false end
    remove(owner, oldest)
  end
  return true
end
if tonumber(redis.call('GET', T .. 'gone:' .. redis.sha1hex(owner)) or '0') > now then return 0 end`;

/** ARGV: 9 incarnation, 10 version, 11 value, 12 created, 13 updated, 14 expires, 15 shape. */
export const CACHE_RECORD = new Script(`${WRITING}${CACHE}
if cached > stamp or removed >= stamp then return 0 end
remove(owner, name)
local bytes = #ARGV[11] + #name
if not fits(bytes) then return 0 end
redis.call('HSET', key, 'stamp', ARGV[8], 'inc', ARGV[9], 'version', ARGV[10], 'value', ARGV[11], 'created', ARGV[12],
  'updated', ARGV[13], 'expires', ARGV[14], 'shape', ARGV[15], 'confirmed', text(now))
redis.call('PEXPIRE', key, text(math.ceil(tonumber(ARGV[14]) - now + ${EXPIRY_GRACE_MS})))
redis.call('ZADD', T .. 'xp', ARGV[14], owner .. ':' .. name)
redis.call('ZADD', T .. 'cop:' .. owner, text(now), name)
redis.call('HSET', T .. 'size', owner .. ':' .. name, bytes)
count(owner, 1, bytes)
return 1`);

/** Notes the removal, so that a slow fetch does not bring the entry back. */
export const CACHE_REMOVAL = new Script(`${REMOVING}${CACHE}
if cached <= stamp then remove(owner, name) end
redis.call('SET', removal, text(math.max(stamp, removed)), 'PX', ${REMOVAL_KEPT_MS})
return 1`);
