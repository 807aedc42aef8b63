-- Says whether a user's key may have had success, for a door that is closed now.
--
-- 'NO' only where Redis surely knows all of the template: its gate is believed as a reservation would
-- believe it (reserve-claims-4.lua).
--
-- KEYS[1] gate    hash
-- KEYS[2] takers  hash
-- ARGV[1] the epoch the caller knows   ARGV[2] the highest number known to be committed
-- ARGV[3] user   ARGV[4] key
-- Reply   'NO' | 'MAYBE'
local gate = redis.call('HMGET', KEYS[1], 'epoch', 'run', 'seq', 'history')
local life = lifeOfServer()
local isBelieved = gate[1] and tonumber(gate[1]) >= tonumber(ARGV[1]) and lifeOfGate(gate[2], gate[4]) == life
  and tonumber(gate[3] or '0') >= tonumber(ARGV[2]) and redis.call('HEXISTS', KEYS[2], '') == 1
if not isBelieved then return 'MAYBE' end
local taken = redis.call('HGET', KEYS[2], ARGV[3]) or ''
return string.find(taken, ',' .. ARGV[4] .. ',', 1, true) and 'MAYBE' or 'NO'
