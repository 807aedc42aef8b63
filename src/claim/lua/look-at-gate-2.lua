-- Looks at a template's gate and journal, changing nothing.
--
-- KEYS[1] gate     hash
-- KEYS[2] journal  stream
-- ARGV    none
-- Reply   {} there is no gate; else { epoch, of this life of the server ('1' or '0'), stock ('' unlimited),
--         seq, entries of the journal }
local gate = redis.call('HMGET', KEYS[1], 'epoch', 'run', 'stock', 'seq')
if not gate[1] then return {} end
local life = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
return { gate[1], gate[2] == life and '1' or '0', gate[3], gate[4] or '0', redis.call('XLEN', KEYS[2]) }
