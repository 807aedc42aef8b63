-- Adds units to a part of a split template that another part has lent it (lend-units-1.lua).
--
-- KEYS[1] gate  hash
-- ARGV[1] the epoch under which they were lent   ARGV[2] how many
-- Reply   1 added; 0 the gate is of another epoch by now, and the units are in what was built anew
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
redis.call('HINCRBY', KEYS[1], 'moves', 1)
redis.call('HINCRBY', KEYS[1], 'stock', ARGV[2])
return 1
