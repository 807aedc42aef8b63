-- Counts a claim against a limit in a sliding window, or finds that the limit is full.
--
-- A claim is in the window until it is as old as the window is long. One that is there already is not
-- counted again. One that is not let in is not counted either, so that waiting always helps.
--
-- KEYS[1] sorted set: claim -> when it was let in, epoch milliseconds
-- ARGV[1] claim   ARGV[2] now, epoch milliseconds   ARGV[3] window, milliseconds
-- ARGV[4] limit   ARGV[5] 1: let it in beyond the limit   ARGV[6] how many claims are kept at most
-- Reply   { 1 let in | 0 there already | -1 full | 2 let in beyond the limit, when a place is free }
local now, window, limit = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return { 0, '0' }
end
local state, freeAt = 1, '0'
if redis.call('ZCARD', KEYS[1]) >= limit then
  local oldest = redis.call('ZREVRANGE', KEYS[1], limit - 1, limit - 1, 'WITHSCORES')
  freeAt = string.format('%.0f', tonumber(oldest[2]) + window)
  if ARGV[5] ~= '1' then
    return { -1, freeAt }
  end
  state = 2
end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[6]))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return { state, freeAt }
