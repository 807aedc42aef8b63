-- Notes that somebody or something was seen, and tells how many different ones were in the window.
--
-- KEYS[1] sorted set: who or what -> when last seen, epoch milliseconds
-- ARGV[1] who or what   ARGV[2] now, epoch milliseconds   ARGV[3] window, milliseconds
-- ARGV[4] how many are kept at most; the count stops there
-- Reply   how many different ones, this one included
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', tonumber(ARGV[2]) - tonumber(ARGV[3])))
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[4]))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return redis.call('ZCARD', KEYS[1])
