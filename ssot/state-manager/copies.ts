import { MAY_RUN_WHEN_FULL, NET_MS, PARTS, Script } from './scripts';

/** A slow fetch from PostgreSQL is over long before. */
const REMOVAL_KEPT_MS = 60_000;

/** ARGV: 4 owner, 5 how long a copy is trusted, then names. Each answer: fields, or nothing. */
export const READ_COPIES = new Script(`#!lua flags=no-writes${PARTS}
local found = {}
for i = 6, #ARGV do
  local key = T .. 'e:' .. ARGV[4] .. ':' .. ARGV[i]
  local entry = load(ARGV[4], ARGV[i])
  local confirmed = redis.call('HGET', key, 'confirmed')
  if not confirmed or now - tonumber(confirmed) >= tonumber(ARGV[5]) or tonumber(entry[6]) <= now then entry = false end
  found[#found + 1] = entry
end
return found`);

/** Of each record: name, stamp, incarnation, version, value, created, updated, expires, shape. */
export const COPY_FIELDS = 9;

/**
 * KEYS[3]: companies with durable entries. ARGV: 4-7 ceilings (person's entries and bytes, company's), 8 owner. A copy is
 * kept as long as nothing newer stands there or was removed, and never at the cost of what cannot be fetched again.
 */
const COPIES = `${PARTS}
local owner = ARGV[8]
local function key_of(name) return T .. 'e:' .. owner .. ':' .. name end
local function gone_of(name) return T .. 'gone:' .. owner .. ':' .. name end
local function stamp_in(name, field) return tonumber(redis.call('HGET', key_of(name), field) or '0') end
local function removed(name) return tonumber(redis.call('GET', gone_of(name)) or '0') end
local function drop(name)
  redis.call('DEL', key_of(name))
  forget(owner, name)
end
local function fits(bytes)
  if used('n') >= tonumber(ARGV[6]) or used('b') + bytes > tonumber(ARGV[7]) then return false end
  while owner ~= '~' and (used('n:' .. owner) >= tonumber(ARGV[4]) or used('b:' .. owner) + bytes > tonumber(ARGV[5])) do
    local oldest = redis.call('ZRANGE', T .. 'cop:' .. owner, 0, 0)[1]
    if not oldest then return false end
    drop(oldest)
  end
  return true
end
local function keep(at)
  local name, stamp, expires = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 7])
  local key, full, told = key_of(name), owner .. ':' .. name, stamp_in(name, 'told')
  redis.call('SADD', KEYS[3], T)
  if stamp_in(name, 'stamp') > stamp or removed(name) >= stamp then return end
  drop(name)
  local bytes = #ARGV[at + 4] + #name
  if not fits(bytes) then return end
  redis.call('HSET', key, 'stamp', ARGV[at + 1], 'inc', ARGV[at + 2], 'version', ARGV[at + 3], 'value', ARGV[at + 4],
    'created', ARGV[at + 5], 'updated', ARGV[at + 6], 'expires', ARGV[at + 7], 'shape', ARGV[at + 8], 'told', text(told),
    'confirmed', text(now))
  redis.call('PEXPIRE', key, text(math.ceil(expires - now + ${NET_MS})))
  redis.call('ZADD', T .. 'xp', ARGV[at + 7], full)
  redis.call('ZADD', T .. 'cop:' .. owner, text(now), name)
  redis.call('HSET', T .. 'size', full, bytes)
  count(owner, 1, bytes)
  redis.call('SADD', KEYS[2], T)
end
if tonumber(redis.call('GET', T .. 'gone:' .. owner) or '0') > now then return 0 end`;

/** ARGV: from 9 on the records that were fetched. */
export const FILL = new Script(`#!lua
${COPIES}
for i = 9, #ARGV, ${COPY_FIELDS} do keep(i) end
return 1`);

/** ARGV: 9 name, 10 what happened, 11 its version, 12 its stamp, from 13 on the record that stands there now, if any. */
const CHANGED = `${COPIES}
local name, stamp = ARGV[9], tonumber(ARGV[12])
if stamp > math.max(stamp_in(name, 'told'), removed(name)) then announce(owner, ARGV[10], name, ARGV[11]) end
if ARGV[13] then
  keep(13)
else
  if stamp_in(name, 'stamp') <= stamp then drop(name) end
  redis.call('SET', gone_of(name), text(math.max(stamp, removed(name))), 'PX', ${REMOVAL_KEPT_MS})
end
if redis.call('EXISTS', key_of(name)) == 1 then
  redis.call('HSET', key_of(name), 'told', text(math.max(stamp, stamp_in(name, 'told'))))
end
return 1`;
export const CHANGED_COPY = new Script(`#!lua
${CHANGED}`);
/** The same for what only removes: a full store can be emptied. */
export const REMOVED_COPY = new Script(`${MAY_RUN_WHEN_FULL}
${CHANGED}`);
