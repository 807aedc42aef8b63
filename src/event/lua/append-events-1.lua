-- Appends events to the stream for other services, if it has those before them. An entry's id is the place
-- of its event (position-ordinal), so the same event never comes twice, and a stream that was lost and is
-- filled again has the same ids as before.
--
-- KEYS[1] events  stream
-- ARGV[1] the position up to which the stream is believed to be filled  ARGV[2] its length, about
-- ARGV[3…] of each event, in order: id of the entry, id, type and subject of the event, the event as JSON
-- Reply   { 1, position of its last entry } · { 0, position of its last entry }: it has lost some, nothing was done
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local position, ordinal = 0, 0
if last then
  local at, nth = string.match(last[1], '(%d+)%-(%d+)')
  position, ordinal = tonumber(at), tonumber(nth)
end
if position < tonumber(ARGV[1]) then
  return {0, position}
end
for i = 3, #ARGV, 5 do
  local at, nth = string.match(ARGV[i], '(%d+)%-(%d+)')
  at, nth = tonumber(at), tonumber(nth)
  if at > position or (at == position and nth > ordinal) then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], ARGV[i],
      'id', ARGV[i + 1], 'type', ARGV[i + 2], 'subject', ARGV[i + 3], 'event', ARGV[i + 4])
    position, ordinal = at, nth
  end
end
return {1, position}
