-- Gives reservations back that were finally refused: stock, slot and draw number return.
--
-- Deleting the journal entry is the token: whoever deletes it is the one who may give it back, so a
-- reservation returns once, and never after somebody else took it over to commit it. A token of another
-- life of the server proves nothing: a restart may have brought back what was taken over before it.
--
-- KEYS[1] gate     hash
-- KEYS[2] takers   hash
-- KEYS[3] journal  stream
-- KEYS[4] draws    list
-- ARGV    for each reservation: journal id, epoch, user, slot, key, coupon id, draw ('' none)
-- Reply   one a reservation: 1 given back by this call, 0 somebody else has it, or may have it
local replies = {}
local opened = redis.call('HMGET', KEYS[1], 'run', 'history')
local isOfThisLife = lifeOfGate(opened[1], opened[2]) == lifeOfServer()
for i = 1, #ARGV, 7 do
  local id, epoch, user, slot = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local key, coupon, drawn = ARGV[i + 4], ARGV[i + 5], ARGV[i + 6]
  local owned = isOfThisLife and redis.call('XDEL', KEYS[3], id) or 0
  replies[#replies + 1] = owned
  if owned == 1 and redis.call('HGET', KEYS[1], 'epoch') == epoch then
    local taken = redis.call('HGET', KEYS[2], user) or ''
    local entry = slot .. ',' .. key .. ',' .. coupon .. ';'
    local from, till = string.find(taken, entry, 1, true)
    if from then
      local rest = string.sub(taken, 1, from - 1) .. string.sub(taken, till + 1)
      if rest == '' then
        redis.call('HDEL', KEYS[2], user)
      else
        redis.call('HSET', KEYS[2], user, rest)
      end
    end
    if redis.call('HGET', KEYS[1], 'stock') ~= '' then redis.call('HINCRBY', KEYS[1], 'stock', 1) end
    if drawn ~= '' then redis.call('RPUSH', KEYS[4], drawn) end
  end
end
return replies
