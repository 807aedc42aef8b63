-- Takes a coupon for an order, before MySQL is asked; the same order passes again.
--
-- The value is "try:ORDER" while MySQL has not decided and "held:ORDER" once it has. An order that
-- meets another's attempt may still be the one that holds the coupon in MySQL, so it is told apart.
--
-- KEYS[1] hold:COUPON
-- ARGV[1] the order's id
-- ARGV[2] how long the attempt may stand, in milliseconds
--
-- Replies:  1  taken by this call
--           2  this order's already
--           0  another order is trying
--          -1  another order holds it
local mine = 'try:' .. ARGV[1]
if redis.call('SET', KEYS[1], mine, 'NX', 'PX', ARGV[2]) then
  return 1
end
local taken = redis.call('GET', KEYS[1]) or ''
if taken == mine or taken == 'held:' .. ARGV[1] then
  return 2
end
if string.sub(taken, 1, 5) == 'held:' then
  return -1
end
return 0
