export const READ_ONLY = '#!lua flags=no-writes';
/** Refused whole by a Redis that has no memory left. */
export const WRITING = '#!lua';
/** For what only removes: a Redis without memory can be emptied. */
export const REMOVING = '#!lua flags=allow-oom';

/** ARGV[1]: now, or '' for the server's own time. */
export const NOW = `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local function text(number) return string.format('%.0f', number) end`;
