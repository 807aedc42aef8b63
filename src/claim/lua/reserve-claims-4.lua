-- Reserves coupons of one template for a batch of claims, atomically and in order.
--
-- A reservation is a unit of stock, a slot of the user and (red packets) a draw number, written to the
-- journal together with all that is needed to commit it. A key that is already there takes nothing.
-- Everything is read before the first write, and the first write (XADD) is one that Redis refuses when
-- memory is full: a claim is reserved whole or not at all.
--
-- A gate is believed if it is of the epoch that MySQL has or newer, was opened in this life of the server,
-- and has numbered at least as many reservations as MySQL has committed; and if the takers are those that
-- were opened with it, which bear the mark '': a Redis that lost or forgot anything fails one of the four.
--
-- KEYS[1] gate     hash    epoch, run, history, stock ('' unlimited), limit, draw ('' no red packet), seq
-- KEYS[2] takers   hash    user -> 'slot,key,coupon;' for each coupon; '' the mark of open-gate-6.lua
-- KEYS[3] journal  stream  reservations not yet settled
-- KEYS[4] draws    list    draw numbers that came back
-- ARGV[1] the epoch the caller knows
-- ARGV[2] the highest number of a reservation that the caller knows to be committed
-- ARGV[3..] for each claim: user, key, coupon id, version of its entry, draft (JSON); three times '' only looks
-- Reply   { 'REBUILD' }, or one text a claim, its words divided by blanks:
--         'RESERVED', journal id, epoch, slot, draw ('' none), number | 'SAME', coupon id
--         | 'SOLD_OUT' | 'USER_LIMIT_REACHED' | 'ROOM' (only looked: it would be reserved)
local gate = redis.call('HMGET', KEYS[1], 'epoch', 'run', 'stock', 'limit', 'draw', 'seq', 'history')
local epoch = gate[1]
local seq = tonumber(gate[6] or '0')
local life = lifeOfServer()
if not epoch or tonumber(epoch) < tonumber(ARGV[1]) or lifeOfGate(gate[2], gate[7]) ~= life or seq < tonumber(ARGV[2])
  or redis.call('HEXISTS', KEYS[2], '') == 0 then
  return { 'REBUILD' }
end
local stock = tonumber(gate[3])
local limit = tonumber(gate[4])
local draw = tonumber(gate[5])
local stockTaken = 0
local replies = {}

local function freeSlot(taken)
  for slot = 1, limit do
    if not string.find(';' .. taken, ';' .. slot .. ',', 1, true) then return slot end
  end
  return nil
end

for i = 3, #ARGV, 5 do
  local user, key, coupon, version, draft = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
  local taken = redis.call('HGET', KEYS[2], user) or ''
  local _, keyEnd = string.find(taken, ',' .. key .. ',', 1, true)
  if keyEnd then
    replies[#replies + 1] = 'SAME ' .. string.match(taken, '^[^;]+', keyEnd + 1)
  else
    local slot = freeSlot(taken)
    if not slot then
      replies[#replies + 1] = 'USER_LIMIT_REACHED'
    elseif stock and stock - stockTaken <= 0 then
      replies[#replies + 1] = 'SOLD_OUT'
    elseif draft == '' then
      replies[#replies + 1] = 'ROOM'
    else
      local drawn = ''
      if draw then
        local returned = redis.call('LINDEX', KEYS[4], 0)
        drawn = returned or tostring(draw + 1)
      end
      local number = string.format('%.0f', seq + stockTaken + 1)
      local id = redis.call('XADD', KEYS[3], '*', 'v', version, 'epoch', epoch, 'seq', number, 'slot', slot,
        'draw', drawn, 'draft', draft)
      redis.call('HSET', KEYS[2], user, taken .. slot .. ',' .. key .. ',' .. coupon .. ';')
      if draw then
        if redis.call('LPOP', KEYS[4]) == false then draw = draw + 1 end
      end
      stockTaken = stockTaken + 1
      replies[#replies + 1] = table.concat({ 'RESERVED', id, epoch, slot, drawn, number }, ' ')
    end
  end
end

if stockTaken > 0 then
  redis.call('HINCRBY', KEYS[1], 'seq', stockTaken)
  if stock then redis.call('HINCRBY', KEYS[1], 'stock', -stockTaken) end
  if draw then redis.call('HSET', KEYS[1], 'draw', draw) end
end
return replies
