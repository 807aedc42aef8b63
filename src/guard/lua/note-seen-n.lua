-- Notes that somebody or something was seen, and tells how many different ones were in the window; one a
-- key, in their order. In a cluster a call has one key. A key of another type is begun anew.
--
-- KEYS[i] sorted set: who or what -> when last seen, epoch milliseconds
-- ARGV    four for each key: who or what; now, epoch milliseconds; window, milliseconds;
--         how many are kept at most, where the count stops
-- Reply   one a key: how many different ones, this one included
local function note(key, at)
  local now, window = ARGV[at + 1], ARGV[at + 2]
  redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', tonumber(now) - tonumber(window)))
  redis.call('ZADD', key, now, ARGV[at])
  redis.call('ZREMRANGEBYRANK', key, 0, -1 - tonumber(ARGV[at + 3]))
  redis.call('PEXPIRE', key, window)
  return redis.call('ZCARD', key)
end

local replies = {}
for i = 1, #KEYS do replies[i] = onSortedSet(note, KEYS[i], i * 4 - 3) end
return replies
