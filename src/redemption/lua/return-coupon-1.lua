-- Gives a coupon back, if it is still this order's.
--
-- KEYS[1] hold:COUPON
-- ARGV[1] the order's id
--
-- Replies:  1  given back
--           0  the key is gone or another order's
local taken = redis.call('GET', KEYS[1])
if taken ~= 'try:' .. ARGV[1] and taken ~= 'held:' .. ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[1])
return 1
