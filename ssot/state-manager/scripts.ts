import { createHash } from 'node:crypto';

/** A script that Redis runs as one step. It checks everything before its first write, because it cannot be undone. */
export class Script {
  readonly sha: string;
  constructor(readonly text: string) {
    this.sha = createHash('sha1').update(text).digest('hex');
  }
}

/** Redis drops what nobody reads again and no sweep finds, this long after its end. */
export const NET_MS = 600_000;
const CHANGES_KEPT_MS = 86_400_000;
/** Longer than any entry lives, so that numbers never start again while one stands: 32 days. */
const NUMBERS_KEPT_MS = 2_764_800_000;
const USE_NOTED_EVERY_MS = 10_000;

/**
 * Shared by all scripts on records. KEYS: `sm:{tenant}:`, `sm:tenants`. ARGV: 1 now or '' for the server's time, 2 a fresh
 * random text, 3 how many changes are kept. An entry is known as owner (person or `~`) and name (`scope:id:kind:item`).
 * `forget` says whether it was a copy of a durable entry: those come and go untold, because they can be fetched again.
 */
const NOW = `
local T = KEYS[1]
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end`;
export const PARTS = `${NOW}
local function text(number) return string.format('%.0f', number) end
local function load(owner, name)
  return redis.call('HMGET', T .. 'e:' .. owner .. ':' .. name, 'inc', 'version', 'value', 'created', 'updated', 'expires', 'shape')
end
local function count(owner, entries, bytes)
  if entries == 0 and bytes == 0 then return end
  redis.call('HINCRBY', T .. 'use', 'n', entries)
  redis.call('HINCRBY', T .. 'use', 'b', bytes)
  if redis.call('HINCRBY', T .. 'use', 'n:' .. owner, entries) == 0 then
    redis.call('HDEL', T .. 'use', 'n:' .. owner, 'b:' .. owner)
  else
    redis.call('HINCRBY', T .. 'use', 'b:' .. owner, bytes)
  end
end
local function size(owner, name)
  return tonumber(redis.call('HGET', T .. 'size', owner .. ':' .. name) or '0')
end
local function announce(owner, op, name, version)
  local pos, log = T .. 'pos:' .. owner, T .. 'log:' .. owner
  if redis.call('HSETNX', pos, 'epoch', ARGV[2]) == 1 then redis.call('DEL', log) end
  local seq = redis.call('HINCRBY', pos, 'seq', 1)
  redis.call('XADD', log, 'MAXLEN', '=', ARGV[3], seq .. '-0', 'op', op, 'name', name, 'version', version, 'when', text(now))
  redis.call('PEXPIRE', log, ${CHANGES_KEPT_MS})
  redis.call('PEXPIRE', pos, ${NUMBERS_KEPT_MS})
  redis.call('PUBLISH', T .. 'chg:' .. owner, seq)
  return seq
end
local function forget(owner, name)
  local full = owner .. ':' .. name
  if redis.call('ZREM', T .. 'xp', full) == 1 then count(owner, -1, -size(owner, name)) end
  redis.call('HDEL', T .. 'size', full)
  redis.call('ZREM', T .. 'ix:' .. owner, name)
  redis.call('ZREM', T .. 'lru:' .. owner, name)
  return redis.call('ZREM', T .. 'cop:' .. owner, name) == 1
end
local function bury(owner, name, op)
  local version = redis.call('HGET', T .. 'e:' .. owner .. ':' .. name, 'version') or '0'
  redis.call('DEL', T .. 'e:' .. owner .. ':' .. name)
  if not forget(owner, name) then announce(owner, op, name, version) end
end
local function alive(owner, name)
  local entry = load(owner, name)
  if not entry[6] then
    if redis.call('ZSCORE', T .. 'xp', owner .. ':' .. name) then bury(owner, name, 'expired') end
    return nil
  end
  if tonumber(entry[6]) > now then return entry end
  bury(owner, name, 'expired')
  return nil
end
local function bury_ended(most)
  local ended = redis.call('ZRANGEBYSCORE', T .. 'xp', '-inf', text(now), 'LIMIT', 0, most)
  for _, full in ipairs(ended) do
    local colon = string.find(full, ':', 1, true)
    bury(string.sub(full, 1, colon - 1), string.sub(full, colon + 1), 'expired')
  end
  return #ended
end
local function used(field) return tonumber(redis.call('HGET', T .. 'use', field) or '0') end`;

export const MAY_RUN_WHEN_FULL = '#!lua flags=allow-oom';

/**
 * ARGV: 4 owner, then names. Each answer: fields, or nothing. The common case and nothing else: answers `-1` when an entry
 * has ended or its use should be noted again, and then nothing was done.
 */
export const READ_ON = new Script(`#!lua flags=no-writes${NOW}
local found = {}
for i = 5, #ARGV do
  local entry = redis.call('HMGET', T .. 'e:' .. ARGV[4] .. ':' .. ARGV[i], 'inc', 'version', 'value', 'created', 'updated', 'expires', 'shape', 'used')
  if not entry[6] then entry = false
  elseif tonumber(entry[6]) <= now or now - tonumber(entry[8]) >= ${USE_NOTED_EVERY_MS} then return -1 end
  found[#found + 1] = entry
end
return found`);

/** ARGV: 4 owner, then names. The same answers; what has ended is told, and uses are noted. */
export const READ = new Script(`${MAY_RUN_WHEN_FULL}${PARTS}
local owner, found = ARGV[4], {}
for i = 5, #ARGV do
  local entry = alive(owner, ARGV[i])
  if entry then
    redis.call('ZADD', T .. 'lru:' .. owner, text(now), ARGV[i])
    redis.call('HSET', T .. 'e:' .. owner .. ':' .. ARGV[i], 'used', text(now))
  end
  found[#found + 1] = entry or false
end
return found`);

/**
 * Of each change, from ARGV[10] on: put, touch or remove; owner, name, expected rev (or '', absent, present), value,
 * incarnation, lifetime or '', lifetime of a new entry (or @ and its end), shape.
 */
export const CHANGE_FIELDS = 9;

/** ARGV: 4 key and 5 lifetime of the remembered outcome, 6-9 ceilings (person's entries and bytes, company's). */
const CHANGE = `${PARTS}
if ARGV[4] ~= '' then
  local before = redis.call('LRANGE', T .. 'w:' .. ARGV[4], 0, -1)
  if before[1] and tonumber(before[1]) > now then
    before[1] = 'replayed'
    return before
  end
  redis.call('DEL', T .. 'w:' .. ARGV[4])
end
local changes, in_batch = {}, {}
for i = 10, #ARGV, ${CHANGE_FIELDS} do
  local c = { op = ARGV[i], owner = ARGV[i + 1], name = ARGV[i + 2], expect = ARGV[i + 3], value = ARGV[i + 4],
    inc = ARGV[i + 5], lifetime = ARGV[i + 6], default = ARGV[i + 7], shape = ARGV[i + 8] }
  changes[#changes + 1] = c
  in_batch[c.owner .. ':' .. c.name] = true
end
local entries, bytes = {}, {}
for index, c in ipairs(changes) do
  local gone = tonumber(redis.call('GET', T .. 'gone:' .. c.owner) or '0')
  if gone > now then return {'erased'} end
  c.entry = alive(c.owner, c.name)
  local rev = c.entry and (c.entry[1] .. '.' .. c.entry[2]) or 'absent'
  local fits = c.expect == '' or c.expect == rev or (c.expect == 'present' and c.entry)
  if not fits then return {'conflict', tostring(index), unpack(c.entry or {})} end
  local before = size(c.owner, c.name)
  c.bytes = c.op == 'put' and #c.value + #c.name or (c.op == 'touch' and before or 0)
  entries[c.owner] = (entries[c.owner] or 0) + (c.op == 'put' and not c.entry and 1 or 0) - (c.op == 'remove' and c.entry and 1 or 0)
  bytes[c.owner] = (bytes[c.owner] or 0) + c.bytes - before
end
local function over(n, b, more, grown, most_n, most_b)
  return (more > 0 and n + more > tonumber(most_n)) or (grown > 0 and b + grown > tonumber(most_b))
end
local victims, freed_n, freed_b, all_n, all_b = {}, 0, 0, 0, 0
for owner, more in pairs(entries) do
  all_n, all_b = all_n + more, all_b + bytes[owner]
end
if over(used('n'), used('b'), all_n, all_b, ARGV[8], ARGV[9]) then bury_ended(500) end
for owner, more in pairs(entries) do
  local grown = bytes[owner]
  if owner ~= '~' and over(used('n:' .. owner), used('b:' .. owner), more, grown, ARGV[6], ARGV[7]) then
    bury_ended(500)
    local n, b, from, copies = used('n:' .. owner), used('b:' .. owner), 0, redis.call('ZCARD', T .. 'cop:' .. owner)
    while over(n, b, more, grown, ARGV[6], ARGV[7]) do
      local next_one = from < copies and redis.call('ZRANGE', T .. 'cop:' .. owner, from, from)[1]
        or redis.call('ZRANGE', T .. 'lru:' .. owner, from - copies, from - copies)[1]
      if not next_one then return {'quota', 'person'} end
      from = from + 1
      if not in_batch[owner .. ':' .. next_one] then
        victims[#victims + 1] = {owner, next_one}
        local freed = size(owner, next_one)
        n, b, freed_n, freed_b = n - 1, b - freed, freed_n + 1, freed_b + freed
      end
    end
  end
end
if over(used('n') - freed_n, used('b') - freed_b, all_n, all_b, ARGV[8], ARGV[9]) then return {'quota', 'company'} end
for _, victim in ipairs(victims) do bury(victim[1], victim[2], 'evicted') end
local done = {'done'}
for _, c in ipairs(changes) do
  local key, entry, full = T .. 'e:' .. c.owner .. ':' .. c.name, c.entry, c.owner .. ':' .. c.name
  if c.op == 'remove' then
    if entry then bury(c.owner, c.name, 'removed') end
    done[#done + 1] = '' done[#done + 1] = entry and '1' or '0' done[#done + 1] = ''
  else
    local ends = string.match(c.default, '^@(%d+)$')
    local inc, version, expires = c.inc, 1, ends and tonumber(ends) or now + tonumber(c.default)
    if entry then inc, version, expires = entry[1], tonumber(entry[2]) + 1, tonumber(entry[6]) end
    if c.lifetime ~= '' then expires = now + tonumber(c.lifetime) end
    if c.op == 'put' then
      redis.call('HSET', key, 'value', c.value, 'shape', c.shape)
      count(c.owner, entry and 0 or 1, c.bytes - size(c.owner, c.name))
      redis.call('HSET', T .. 'size', full, c.bytes)
    end
    redis.call('HSET', key, 'inc', inc, 'version', version, 'created', entry and entry[4] or text(now), 'updated', text(now),
      'used', text(now), 'expires', text(expires))
    redis.call('PEXPIRE', key, text(math.ceil(expires - now + ${NET_MS})))
    redis.call('ZADD', T .. 'xp', text(expires), full)
    redis.call('ZADD', T .. 'lru:' .. c.owner, text(now), c.name)
    redis.call('SADD', KEYS[2], T)
    local seq = announce(c.owner, entry and 'updated' or 'created', c.name, version)
    if not entry then redis.call('ZADD', T .. 'ix:' .. c.owner, seq, c.name) end
    done[#done + 1] = inc done[#done + 1] = tostring(version) done[#done + 1] = text(expires)
  end
end
if ARGV[4] ~= '' then
  redis.call('RPUSH', T .. 'w:' .. ARGV[4], text(now + tonumber(ARGV[5])), unpack(done, 2))
  redis.call('PEXPIRE', T .. 'w:' .. ARGV[4], ARGV[5])
end
return done`;

/** Refused whole by a Redis that has no memory left. */
export const WRITE = new Script(`#!lua\n${CHANGE}`);
/** The same for changes that only remove: a full store can be emptied. */
export const REMOVE = new Script(`${MAY_RUN_WHEN_FULL}\n${CHANGE}`);

/** ARGV: 4 owner, 5 literal beginning of the names, 6 end of the names' middle part or '', 7 since, 8 below which stamp, 9 how many. */
export const LIST = new Script(`#!lua flags=no-writes${PARTS}
local owner, start, kind = ARGV[4], ARGV[5], ARGV[6]
local found = {''}
local names = redis.call('ZREVRANGEBYSCORE', T .. 'ix:' .. owner, ARGV[8], '-inf', 'WITHSCORES')
for i = 1, #names, 2 do
  local name, fits = names[i], false
  if string.sub(name, 1, #start) == start then
    local after = string.find(name, ':', #start + 1, true)
    if kind == '' then fits = true
    elseif after then fits = string.sub(name, after, after + #kind - 1) == kind end
  end
  if fits then
    local entry = load(owner, name)
    if entry[6] and tonumber(entry[6]) > now and tonumber(entry[5]) >= tonumber(ARGV[7]) then
      if #found > tonumber(ARGV[9]) then
        found[1] = '(' .. found[#found][1]
        return found
      end
      found[#found + 1] = {names[i + 1], name, unpack(entry)}
    end
  end
end
return found`);

/** ARGV: 4 owner, 5 literal beginning of the names, 6 end of the erasure's marker or '' when only these entries go, 7 its lifetime. */
export const CLEAR = new Script(`${MAY_RUN_WHEN_FULL}${PARTS}
local owner, start, removed = ARGV[4], ARGV[5], 0
for _, name in ipairs(redis.call('ZRANGE', T .. 'ix:' .. owner, 0, -1)) do
  if string.sub(name, 1, #start) == start and alive(owner, name) then
    bury(owner, name, 'removed')
    removed = removed + 1
  end
end
if ARGV[6] ~= '' then
  local aside = T .. 'aside:' .. owner
  for _, key in ipairs(redis.call('SMEMBERS', aside)) do redis.call('DEL', key) end
  for _, name in ipairs(redis.call('ZRANGE', T .. 'cop:' .. owner, 0, -1)) do bury(owner, name, 'removed') end
  redis.call('DEL', aside, T .. 'log:' .. owner, T .. 'pos:' .. owner, T .. 'ix:' .. owner, T .. 'lru:' .. owner)
  redis.call('SET', T .. 'gone:' .. owner, text(now + tonumber(ARGV[7])), 'PX', ARGV[7])
  redis.call('PUBLISH', T .. 'chg:' .. owner, 0)
end
return removed`);

/** ARGV: 4 how many at most. Answers how many ended, and what the company uses now. */
export const SWEEP = new Script(`${MAY_RUN_WHEN_FULL}${PARTS}
local ended = bury_ended(ARGV[4])
if redis.call('ZCARD', T .. 'xp') == 0 then redis.call('SREM', KEYS[2], T) end
return {ended, used('n'), used('b')}`);

/** ARGV: 4 owner, 5 name, 6 the rev that did not open, 7 how long it is kept. */
export const SET_ASIDE = new Script(`${MAY_RUN_WHEN_FULL}${PARTS}
local owner, name = ARGV[4], ARGV[5]
local entry = load(owner, name)
if not entry[2] or entry[1] .. '.' .. entry[2] ~= ARGV[6] then return 0 end
local bad = T .. 'bad:' .. owner .. ':' .. name
redis.call('RENAME', T .. 'e:' .. owner .. ':' .. name, bad)
redis.call('PEXPIRE', bad, ARGV[7])
redis.call('SADD', T .. 'aside:' .. owner, bad)
redis.call('PEXPIRE', T .. 'aside:' .. owner, ARGV[7])
if not forget(owner, name) then announce(owner, 'removed', name, entry[2]) end
return 1`);
