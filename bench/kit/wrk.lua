-- One request a user and key, in the order of the users: what wrk.ts says in the environment.
-- BENCH_TOKENS: a file, one token a line. BENCH_BODY: the body, in which %KEY% is the number of the request.
local tokens, count = {}, 0
for line in io.lines(os.getenv('BENCH_TOKENS')) do
  count = count + 1
  tokens[count] = line
end
local body = os.getenv('BENCH_BODY')
-- The number has as many digits as it has room for.
local _, keys = body:gsub('%%KEY%%', '')
local KEY_LENGTH = 12
local length = #body + keys * (KEY_LENGTH - #'%KEY%')
local parts = {}
for part in (body .. '%KEY%'):gmatch('(.-)%%KEY%%') do parts[#parts + 1] = part end
local head = 'POST ' .. os.getenv('BENCH_PATH') .. ' HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: '
  .. length .. '\r\nAuthorization: Bearer '
local number = 0

function request()
  number = number + 1
  return head .. tokens[(number - 1) % count + 1] .. '\r\n\r\n' .. table.concat(parts, string.format('%012d', number))
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"durationMs":%.1f,"p50Ms":%.2f,"p99Ms":%.2f,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1000, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
