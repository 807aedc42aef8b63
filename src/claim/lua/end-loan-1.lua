-- The other part has the units that this part lent: they are lent no more.
--
-- KEYS[1] gate  hash
-- ARGV[1] the epoch under which they were lent   ARGV[2] how many
-- Reply   1 written down; 0 the gate is of another epoch by now
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
redis.call('HINCRBY', KEYS[1], 'lent', -tonumber(ARGV[2]))
return 1
