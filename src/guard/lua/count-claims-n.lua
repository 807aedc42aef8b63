-- Counts claims against limits in sliding windows, or finds that a limit is full; one claim and limit a key,
-- in their order. In a cluster a call has one key.
--
-- A claim is in the window until it is as old as the window is long. One that is there already is not
-- counted again. One that is not let in is not counted either, so that waiting always helps. A key of another
-- type is nothing of ours, and must not keep the others from being counted: it is begun anew.
--
-- KEYS[i] sorted set: claim -> when it was let in, epoch milliseconds
-- ARGV    six for each key: claim; now, epoch milliseconds; window, milliseconds; limit;
--         1: let it in beyond the limit; how many claims are kept at most
-- Reply   one a key: 1 let in | 0 there already | -t full, and a place is free at t, epoch milliseconds
--         | t (above 1) let in beyond the limit, when a place is free at t
local function count(key, at)
  local claim, now, window, limit = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local kept = tonumber(ARGV[at + 5])
  -- Most come for the first time, to a key that is not there.
  local size = redis.call('ZCARD', key)
  if size > 0 then
    size = size - redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now - window))
  end
  local state = 1
  if size > 0 and redis.call('ZSCORE', key, claim) then
    state = 0
  elseif size >= limit then
    local oldest = redis.call('ZREVRANGE', key, limit - 1, limit - 1, 'WITHSCORES')
    local freeAt = tonumber(oldest[2]) + window
    state = ARGV[at + 4] == '1' and freeAt or -freeAt
  end
  if state > 0 then
    redis.call('ZADD', key, ARGV[at + 1], claim)
    if size >= kept then redis.call('ZREMRANGEBYRANK', key, 0, -1 - kept) end
    redis.call('PEXPIRE', key, ARGV[at + 2])
  end
  return state
end

local replies = {}
for i = 1, #KEYS do replies[i] = onSortedSet(count, KEYS[i], i * 6 - 5) end
return replies
