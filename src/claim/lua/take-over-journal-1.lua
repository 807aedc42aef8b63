-- Takes over journal entries that nobody has settled for a while, so that the caller may settle them.
--
-- Each entry is written anew and the old one deleted: its former owner, should it still live, finds its
-- token gone and will not give the reservation back. If the caller dies too, the entries are still here.
--
-- KEYS[1] journal  stream
-- ARGV[1] age in milliseconds from which an entry is taken over
-- ARGV[2] how many at most
-- Reply   { { new journal id, { field, value, … } }, … }
local now = redis.call('TIME')
local nowMs = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
local entries = redis.call('XRANGE', KEYS[1], '-', string.format('%.0f', nowMs - tonumber(ARGV[1])), 'COUNT', ARGV[2])
for _, entry in ipairs(entries) do
  local newId = redis.call('XADD', KEYS[1], '*', unpack(entry[2]))
  redis.call('XDEL', KEYS[1], entry[1])
  entry[1] = newId
end
return entries
