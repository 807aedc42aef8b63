-- Ends the lease of a rebuild, if it is still the caller's: one that ran out may be another's by now.
--
-- KEYS[1] rebuild  string
-- ARGV[1] the caller's token
-- Reply   1 ended, 0 somebody else's or gone
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('DEL', KEYS[1])
