-- Takes over journal entries that nobody has settled for a while, so that the caller may settle them.
--
-- Each entry is written anew and the old one deleted: its former owner, should it still live, finds its
-- token gone and will not give the reservation back. If the caller dies too, the entries are still here.
-- Entries of another life of the server are nobody's: one that was given back may have come back with it.
-- Entries of a newer version than the caller reads stay where they are, for a process that reads them.
--
-- KEYS[1] journal  stream
-- KEYS[2] gate     hash
-- ARGV[1] age in milliseconds from which an entry is taken over
-- ARGV[2] how many at most
-- ARGV[3] the newest version of an entry that the caller reads
-- ARGV[4] age in milliseconds from which an entry of a newer version is taken over all the same
-- Reply   { { new journal id, { field, value, … } }, … }; the field 'tries' counts the times
--         | 'REBUILD' where there are entries and the gate is not of this life of the server
local FIELDS_MAX = 64
if redis.call('XLEN', KEYS[1]) == 0 then return {} end
local opened = redis.call('HMGET', KEYS[2], 'run', 'history')
if lifeOfGate(opened[1], opened[2]) ~= lifeOfServer() then return 'REBUILD' end
local now = redis.call('TIME')
local nowMs = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
local function before(ageMs)
  return string.format('%.0f', nowMs - tonumber(ageMs))
end

local function valueOf(fields, name)
  for i = 1, #fields, 2 do
    if fields[i] == name then return fields[i + 1], i + 1 end
  end
  return nil
end

local oldest = tonumber(before(ARGV[4]))
local taken = {}
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', before(ARGV[1]), 'COUNT', ARGV[2])) do
  local id, fields = entry[1], entry[2]
  local isReadable = tonumber(valueOf(fields, 'v') or '0') <= tonumber(ARGV[3])
  if isReadable or tonumber(string.match(id, '^%d+')) <= oldest then
    local tries, at = valueOf(fields, 'tries')
    if at then
      fields[at] = tostring((tonumber(tries) or 0) + 1)
    else
      fields[#fields + 1] = 'tries'
      fields[#fields + 1] = '1'
    end
    -- No entry of ours has so many; what is cut is not readable either way, and unpack has a limit.
    for i = #fields, FIELDS_MAX + 1, -1 do fields[i] = nil end
    local newId = redis.call('XADD', KEYS[1], '*', unpack(fields))
    redis.call('XDEL', KEYS[1], id)
    taken[#taken + 1] = { newId, fields }
  end
end
return taken
