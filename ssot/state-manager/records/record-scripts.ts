import { Script } from '../../kernel';
import { EXPIRY_GRACE_MS, SWEEP_BATCH } from '../limits';
import { NOW, READ_ONLY, REMOVING, WRITING } from '../redis/script';
import { ENTRIES, ENTRY_FIELDS } from './entry-script';

/** Longer than any entry lives, so that numbers never start again while one stands: 32 days. */
const ORDER_KEPT_MS = 2_764_800_000;
const USE_NOTED_EVERY_MS = 10_000;

/**
 * ARGV: 2 owner, 3 name. The common case and nothing else: answers `-1` when the entry has expired or its use should be
 * noted again, and then nothing was done.
 */
export const READ_FAST = new Script(`${READ_ONLY}${NOW}
local entry = redis.call('HMGET', KEYS[1] .. 'e:' .. ARGV[2] .. ':' .. ARGV[3], ${ENTRY_FIELDS}, 'used')
if not entry[6] then return false end
if tonumber(entry[6]) <= now or now - tonumber(entry[8]) >= ${USE_NOTED_EVERY_MS} then return -1 end
return entry`);

/** ARGV: 2 owner, 3 name. The same answers; what has expired is removed, and the use is noted. */
export const READ = new Script(`${REMOVING}${ENTRIES}
local owner, name = ARGV[2], ARGV[3]
local entry = unexpired(owner, name)
if not entry then return false end
redis.call('ZADD', T .. 'lru:' .. owner, text(now), name)
redis.call('HSET', key_of(owner, name), 'used', text(now))
return entry`);

/** ARGV[4]: '' or what is expected: `absent` or a rev. */
const EXPECTED = `
local owner, name = ARGV[2], ARGV[3]
local entry = unexpired(owner, name)
local rev = entry and (entry[1] .. '.' .. entry[2]) or 'absent'
if ARGV[4] ~= '' and ARGV[4] ~= rev then return {'conflict', unpack(entry or {})} end`;

/**
 * ARGV: 2 owner, 3 name, 4 expected, 5 key and 6 lifetime of the remembered outcome, 7-10 quotas (user's entries and bytes,
 * tenant's), 11 value, 12 incarnation of a new entry, 13 lifetime or '', 14 lifetime of a new entry, 15 shape.
 */
export const PUT = new Script(`${WRITING}${ENTRIES}
local outcome = T .. 'w:' .. ARGV[5]
if ARGV[5] ~= '' then
  local before = redis.call('LRANGE', outcome, 0, -1)
  if before[1] and tonumber(before[1]) > now then return {'replayed', unpack(before, 2)} end
end
if tonumber(redis.call('GET', T .. 'gone:' .. redis.sha1hex(ARGV[2])) or '0') > now then return {'erased'} end
${EXPECTED}
local bytes = #ARGV[11] + #name
local more, grown = entry and 0 or 1, bytes - size(owner, name)
local function over(n, b, max_n, max_b)
  return (more > 0 and n + more > tonumber(max_n)) or (grown > 0 and b + grown > tonumber(max_b))
end
local victims, freed_n, freed_b = {}, 0, 0
if over(used('n'), used('b'), ARGV[9], ARGV[10]) then remove_expired(${SWEEP_BATCH}) end
if owner ~= '~' and over(used('n:' .. owner), used('b:' .. owner), ARGV[7], ARGV[8]) then
  remove_expired(${SWEEP_BATCH})
  local n, b, from, copies = used('n:' .. owner), used('b:' .. owner), 0, redis.call('ZCARD', T .. 'cop:' .. owner)
  while over(n, b, ARGV[7], ARGV[8]) do
    local victim = from < copies and redis.call('ZRANGE', T .. 'cop:' .. owner, from, from)[1]
      or redis.call('ZRANGE', T .. 'lru:' .. owner, from - copies, from - copies)[1]
    if not victim then return {'quota', 'user'} end
    from = from + 1
    if victim ~= name then
      victims[#victims + 1] = victim
      local freed = size(owner, victim)
      n, b, freed_n, freed_b = n - 1, b - freed, freed_n + 1, freed_b + freed
    end
  end
end
if over(used('n') - freed_n, used('b') - freed_b, ARGV[9], ARGV[10]) then return {'quota', 'tenant'} end
for _, victim in ipairs(victims) do remove(owner, victim) end
local inc, version, created, expires = ARGV[12], 1, text(now), now + tonumber(ARGV[14])
if entry then inc, version, created, expires = entry[1], tonumber(entry[2]) + 1, entry[4], tonumber(entry[6]) end
if ARGV[13] ~= '' then expires = now + tonumber(ARGV[13]) end
local key, full = key_of(owner, name), owner .. ':' .. name
redis.call('HSET', key, 'inc', inc, 'version', version, 'value', ARGV[11], 'shape', ARGV[15], 'created', created,
  'updated', text(now), 'used', text(now), 'expires', text(expires))
redis.call('PEXPIRE', key, text(math.ceil(expires - now + ${EXPIRY_GRACE_MS})))
count(owner, more, grown)
redis.call('HSET', T .. 'size', full, bytes)
redis.call('ZADD', T .. 'xp', text(expires), full)
redis.call('ZADD', T .. 'lru:' .. owner, text(now), name)
if not entry then
  redis.call('ZADD', T .. 'ix:' .. owner, redis.call('INCR', T .. 'pos:' .. owner), name)
  redis.call('PEXPIRE', T .. 'pos:' .. owner, ${ORDER_KEPT_MS})
end
if ARGV[5] ~= '' then
  redis.call('DEL', outcome)
  redis.call('RPUSH', outcome, text(now + tonumber(ARGV[6])), inc, version, text(expires))
  redis.call('PEXPIRE', outcome, ARGV[6])
end
return {'done', inc, tostring(version), text(expires)}`);

/** ARGV: 2 owner, 3 name, 4 expected. Answers whether there was something. */
export const REMOVE = new Script(`${REMOVING}${ENTRIES}${EXPECTED}
if entry then remove(owner, name) end
return {'done', entry and '1' or '0'}`);

/** ARGV: 2 owner, 3 literal beginning of the names, 4 what must follow the id or '', 5 since, 6 below which order, 7 how many. */
export const LIST = new Script(`${READ_ONLY}${ENTRIES}
local owner, start, middle = ARGV[2], ARGV[3], ARGV[4]
local found = {''}
local names = redis.call('ZREVRANGEBYSCORE', T .. 'ix:' .. owner, ARGV[6], '-inf', 'WITHSCORES')
for i = 1, #names, 2 do
  local name, fits = names[i], false
  if string.sub(name, 1, #start) == start then
    local after = string.find(name, ':', #start + 1, true)
    if middle == '' then fits = true
    elseif after then fits = string.sub(name, after, after + #middle - 1) == middle end
  end
  if fits then
    local entry = load(owner, name)
    if entry[6] and tonumber(entry[6]) > now and tonumber(entry[5]) >= tonumber(ARGV[5]) then
      if #found > tonumber(ARGV[7]) then
        found[1] = '(' .. found[#found][1]
        return found
      end
      found[#found + 1] = {names[i + 1], name, unpack(entry)}
    end
  end
end
return found`);

/** ARGV: 2 owner, 3 name, 4 the rev that did not open, 5 how long it is kept. */
export const SET_ASIDE = new Script(`${REMOVING}${ENTRIES}
local owner, name = ARGV[2], ARGV[3]
local entry = load(owner, name)
if not entry[2] or entry[1] .. '.' .. entry[2] ~= ARGV[4] then return 0 end
local bad = T .. 'bad:' .. owner .. ':' .. name
redis.call('RENAME', key_of(owner, name), bad)
redis.call('PEXPIRE', bad, ARGV[5])
redis.call('SADD', T .. 'aside:' .. owner, bad)
redis.call('PEXPIRE', T .. 'aside:' .. owner, ARGV[5])
unlist(owner, name)
return 1`);
