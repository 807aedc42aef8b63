-- Takes half of what a part of a split template has left, for a part that has nothing.
--
-- The units are written down as lent until the other part has them: whoever looks meanwhile sees that
-- they are somewhere, and a process that dies in between leaves a trace. Epoch and life are asked again,
-- so that no unit of an old view gets into a new one.
--
-- KEYS[1] gate  hash    epoch, run, history, stock; moves: how often units were lent or borrowed; lent, lentAt
-- ARGV[1] the epoch that was seen
-- Reply   how many were taken; 0: none is left, or the gate is not that of this epoch and life
local gate = redis.call('HMGET', KEYS[1], 'epoch', 'run', 'stock', 'history')
local life = lifeOfServer()
local stock = tonumber(gate[3])
if gate[1] ~= ARGV[1] or lifeOfGate(gate[2], gate[4]) ~= life or not stock or stock <= 0 then return 0 end
local units = math.ceil(stock / 2)
redis.call('HINCRBY', KEYS[1], 'moves', 1)
redis.call('HINCRBY', KEYS[1], 'lent', units)
redis.call('HSET', KEYS[1], 'lentAt', redis.call('TIME')[1])
redis.call('HINCRBY', KEYS[1], 'stock', -units)
return units
