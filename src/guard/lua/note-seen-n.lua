-- Notes that somebody or something was seen, and tells how many different ones were in the window; one a
-- key, in their order. In a cluster a call has one key.
--
-- KEYS[i] sorted set: who or what -> when last seen, epoch milliseconds
-- ARGV    four for each key: who or what; now, epoch milliseconds; window, milliseconds;
--         how many are kept at most, where the count stops
-- Reply   one a key: how many different ones, this one included
local replies = {}
for i = 1, #KEYS do
  local key, at = KEYS[i], i * 4 - 3
  local now, window = ARGV[at + 1], ARGV[at + 2]
  redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', tonumber(now) - tonumber(window)))
  redis.call('ZADD', key, now, ARGV[at])
  redis.call('ZREMRANGEBYRANK', key, 0, -1 - tonumber(ARGV[at + 3]))
  redis.call('PEXPIRE', key, window)
  replies[i] = redis.call('ZCARD', key)
end
return replies
