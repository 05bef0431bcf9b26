import { NOW } from '../redis/script';

/** As `load` in the scripts gives an entry. */
export const ENTRY_FIELDS = "'inc', 'version', 'value', 'created', 'updated', 'expires', 'shape'";

/**
 * Shared by all scripts on records. KEYS: `sm:{tenant}:`, and nothing that could be in another slot. An entry is known as owner (user or `~`) and name
 * (`scope:id:kind:item`). Beside the entries stand what finds and counts them:
 * `ix:owner` volatile names by creation, `lru:owner` volatile names by last use, `cop:owner` copies of durable entries by
 * their confirmation, `xp` owner and name by expiry, `size` bytes of each, `use` entries and bytes by owner and in all.
 */
export const ENTRIES = `${NOW}
local T = KEYS[1]
local function key_of(owner, name) return T .. 'e:' .. owner .. ':' .. name end
local function load(owner, name) return redis.call('HMGET', key_of(owner, name), ${ENTRY_FIELDS}) end
local function used(field) return tonumber(redis.call('HGET', T .. 'use', field) or '0') end
local function size(owner, name) return tonumber(redis.call('HGET', T .. 'size', owner .. ':' .. name) or '0') end
local function count(owner, entries, bytes)
  if entries == 0 and bytes == 0 then return end
  if redis.call('HINCRBY', T .. 'use', 'n', entries) == 0 then
    redis.call('DEL', T .. 'use')
    return
  end
  redis.call('HINCRBY', T .. 'use', 'b', bytes)
  if redis.call('HINCRBY', T .. 'use', 'n:' .. owner, entries) == 0 then
    redis.call('HDEL', T .. 'use', 'n:' .. owner, 'b:' .. owner)
  else
    redis.call('HINCRBY', T .. 'use', 'b:' .. owner, bytes)
  end
end
local function unlist(owner, name)
  local full = owner .. ':' .. name
  if redis.call('ZREM', T .. 'xp', full) == 1 then count(owner, -1, -size(owner, name)) end
  redis.call('HDEL', T .. 'size', full)
  redis.call('ZREM', T .. 'ix:' .. owner, name)
  redis.call('ZREM', T .. 'lru:' .. owner, name)
  redis.call('ZREM', T .. 'cop:' .. owner, name)
end
local function remove(owner, name)
  redis.call('DEL', key_of(owner, name))
  unlist(owner, name)
end
local function unexpired(owner, name)
  local entry = load(owner, name)
  if entry[6] and tonumber(entry[6]) > now then return entry end
  if entry[6] or redis.call('ZSCORE', T .. 'xp', owner .. ':' .. name) then remove(owner, name) end
  return nil
end
local function remove_expired(most)
  local expired = redis.call('ZRANGEBYSCORE', T .. 'xp', '-inf', text(now), 'LIMIT', 0, most)
  for _, full in ipairs(expired) do
    local colon = string.find(full, ':', 1, true)
    remove(string.sub(full, 1, colon - 1), string.sub(full, colon + 1))
  end
  return #expired
end`;
