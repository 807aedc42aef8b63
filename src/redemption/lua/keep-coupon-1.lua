-- Says that MySQL holds the coupon for the order that took it here; anybody else's key stays as it is.
--
-- KEYS[1] hold:COUPON
-- ARGV[1] the order's id
-- ARGV[2] how long others are turned away here, in milliseconds
--
-- Replies:  1  kept
--           0  the key is gone or another order's
local taken = redis.call('GET', KEYS[1])
if taken ~= 'try:' .. ARGV[1] and taken ~= 'held:' .. ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], 'held:' .. ARGV[1], 'PX', ARGV[2])
return 1
