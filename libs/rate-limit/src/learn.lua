-- KEYS: a bucket's facts. ARGV: microseconds to stay closed (0: not), limit (0: none), for how many microseconds the limit holds.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local closed_for, limit, limit_ttl = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

-- Lua writes large numbers with an exponent unless told not to.
local function digits(number) return string.format('%.0f', number) end

if closed_for > 0 then
  local closed = tonumber(redis.call('HGET', KEYS[1], 'closed') or '0')
  redis.call('HSET', KEYS[1], 'closed', digits(math.max(closed, now + closed_for)))
end
if limit > 0 then redis.call('HSET', KEYS[1], 'limit', digits(limit), 'limit_until', digits(now + limit_ttl)) end

local ttl = math.ceil(math.max(closed_for, limit > 0 and limit_ttl or 0) / 1000) + 1000
if redis.call('PTTL', KEYS[1]) < ttl then redis.call('PEXPIRE', KEYS[1], ttl) end
return 1
