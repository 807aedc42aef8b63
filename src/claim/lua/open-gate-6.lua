-- Opens a template's gate with what was just read from MySQL under a new epoch.
--
-- An older epoch never replaces a newer one. Units that were lent are in what was read from MySQL. The
-- journal goes: MySQL refuses every reservation of an older epoch, so what is in it is either committed
-- (and counted in what was read) or never will be. A server that began a new life since the building began
-- may have lost any part of what was built.
--
-- The takers get a mark (a user without a name): takers that are lost alone, or begun anew by somebody,
-- do not have it, and are not taken for "nobody has anything".
--
-- KEYS[1] gate        hash
-- KEYS[2] takers      hash
-- KEYS[3] takers that were built under this epoch
-- KEYS[4] draws       list
-- KEYS[5] draws that were built under this epoch
-- KEYS[6] journal     stream
-- ARGV[1] epoch   ARGV[2] highest number of a committed reservation   ARGV[3] stock ('' unlimited)
-- ARGV[4] per-user limit   ARGV[5] highest draw number ('' no red packet)
-- ARGV[6] how many takers were built   ARGV[7] how many draws were built
-- ARGV[8] the life of the server when the building began
-- Reply   'OPENED' | 'NEWER' (a gate of this or a newer epoch was there: nothing done)
--         | 'LOST' (Redis lost a part of what was built: build again)
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('UNLINK', KEYS[1]) end
local present = redis.call('HGET', KEYS[1], 'epoch')
if present and tonumber(present) >= tonumber(ARGV[1]) then
  redis.call('UNLINK', KEYS[3], KEYS[5])
  return 'NEWER'
end
local life = lifeOfServer()
local isWhole = redis.call('HLEN', KEYS[3]) == tonumber(ARGV[6])
  and redis.call('LLEN', KEYS[5]) == tonumber(ARGV[7])
if life ~= ARGV[8] or not isWhole then return 'LOST' end
local run, history = string.match(life, '(%w+)%.(%w+)')
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'run', run, 'history', history, 'stock', ARGV[3],
  'limit', ARGV[4], 'draw', ARGV[5], 'seq', ARGV[2])
redis.call('HDEL', KEYS[1], 'lent', 'lentAt')
redis.call('UNLINK', KEYS[2], KEYS[4], KEYS[6])
if redis.call('EXISTS', KEYS[3]) == 1 then
  redis.call('RENAME', KEYS[3], KEYS[2])
  redis.call('PERSIST', KEYS[2])
end
redis.call('HSET', KEYS[2], '', '')
if redis.call('EXISTS', KEYS[5]) == 1 then
  redis.call('RENAME', KEYS[5], KEYS[4])
  redis.call('PERSIST', KEYS[4])
end
return 'OPENED'
