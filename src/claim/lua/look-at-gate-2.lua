-- Looks at a gate and its journal, changing nothing.
--
-- KEYS[1] gate     hash
-- KEYS[2] journal  stream
-- ARGV[1] age in seconds from which units that were lent to another part are lost
-- Reply   {} there is no gate; else { epoch, of this life of the server ('1' or '0'), stock ('' unlimited),
--         seq, entries of the journal, moves, lent, lost ('1' or '0') }; the last three are of split templates
local gate = redis.call('HMGET', KEYS[1], 'epoch', 'run', 'stock', 'seq', 'moves', 'lent', 'lentAt',
  'history')
if not gate[1] then return {} end
local life = lifeOfServer()
local lent = gate[6] or '0'
local isLost = tonumber(lent) > 0 and redis.call('TIME')[1] - (gate[7] or 0) >= tonumber(ARGV[1])
return { gate[1], lifeOfGate(gate[2], gate[8]) == life and '1' or '0', gate[3], gate[4] or '0', redis.call('XLEN', KEYS[2]),
  gate[5] or '0', lent, isLost and '1' or '0' }
