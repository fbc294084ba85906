-- Takes from every bucket or from none, at one instant of the server's clock.
--
-- KEYS: the grant, then for each bucket: log, facts, leases.
-- ARGV: grant id, lease in microseconds, how long the grant is remembered in milliseconds, farthest look,
--       recheck of slots in microseconds, then for each bucket: requests, window in microseconds (0 0: no window),
--       max_concurrent (0: none), grants the caller knows to be in the log (0: none).
-- Answers {1, room, wait, firm, written, room, wait, firm, written, ...} or {0, bucket (from 1), wait, firm}; waits in microseconds.
--
-- The log is a ring of the instants of the last grants, eight bytes each, behind a header of two: how many grants were
-- ever written, and how many the ring holds. Window rule: the grant before the last `requests - 1` must have left the window.

local grant_key, grant_id = KEYS[1], ARGV[1]
local lease, remember, farthest, recheck = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local buckets = (#KEYS - 1) / 3
local HEADER, ENTRY = 16, 8

if redis.call('EXISTS', grant_key) == 1 then
  local again = { 1 }
  for _ = 1, buckets do
    again[#again + 1] = 1
    again[#again + 1] = 0
    again[#again + 1] = 1
    again[#again + 1] = 0
  end
  return again
end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])

-- The server lost grants that somebody remembers: what else it lost is not known, so one window has to pass. Others who
-- remember grants from before that are late, not news.
local function after_loss(b)
  local lost_at = tonumber(redis.call('HGET', b.facts, 'lost_at') or '0')
  if now - lost_at <= 2 * b.window then return end
  b.closed = math.max(b.closed, now + b.window)
  redis.call('HSET', b.facts, 'closed', string.format('%.0f', b.closed), 'lost_at', string.format('%.0f', now))
  local ttl = math.ceil(math.max(b.closed - now, 2 * b.window) / 1000) + 1000
  if redis.call('PTTL', b.facts) < ttl then redis.call('PEXPIRE', b.facts, ttl) end
end

local function load(index)
  local b = {
    log = KEYS[index * 3 - 1],
    facts = KEYS[index * 3],
    leases = KEYS[index * 3 + 1],
    requests = tonumber(ARGV[2 + index * 4]),
    window = tonumber(ARGV[3 + index * 4]),
    slots = tonumber(ARGV[4 + index * 4]),
    written = 0,
    size = 0,
    closed = 0,
    in_flight = 0,
  }
  b.limit = b.requests
  local facts = redis.call('HMGET', b.facts, 'closed', 'limit', 'limit_until')
  if facts[1] then b.closed = tonumber(facts[1]) end
  if facts[2] and tonumber(facts[3]) > now then b.limit = math.min(b.limit, tonumber(facts[2])) end
  if b.requests > 0 then
    local header = redis.call('GETRANGE', b.log, 0, HEADER - 1)
    if #header == HEADER then b.written, b.size = struct.unpack('>dd', header) end
    if tonumber(ARGV[5 + index * 4]) > b.written then after_loss(b) end
  end
  if b.slots > 0 then
    redis.call('ZREMRANGEBYSCORE', b.leases, '-inf', now)
    b.in_flight = redis.call('ZCARD', b.leases)
  end
  return b
end

local function instant(b, index)
  local at = HEADER + (index % b.size) * ENTRY
  local entry = redis.call('GETRANGE', b.log, at, at + ENTRY - 1)
  if #entry < ENTRY then return 0 end
  return (struct.unpack('>d', entry))
end

-- When the window allows `count` more grants.
local function opens_at(b, count)
  if b.requests == 0 then return 0 end
  if count > b.limit then return math.huge end
  local decisive = b.written - b.limit + count - 1
  if decisive < 0 or decisive < b.written - b.size then return 0 end
  return instant(b, decisive) + b.window + 1
end

local function outlook(b)
  local opens = math.max(b.closed, opens_at(b, 1))
  if opens > now then return 0, opens - now, 1 end
  local room = farthest
  if b.slots > 0 then
    room = math.min(room, b.slots - b.in_flight)
    if room <= 0 then
      local first = redis.call('ZRANGE', b.leases, 0, 0, 'WITHSCORES')
      local lease_ends = first[2] and tonumber(first[2]) - now + 1 or recheck
      return 0, math.min(recheck, lease_ends), 0
    end
  end
  if b.requests > 0 then
    room = math.min(room, b.limit)
    local low = 1
    while low < room do
      local middle = math.ceil((low + room) / 2)
      if opens_at(b, middle) <= now then low = middle else room = middle - 1 end
    end
  end
  return room, 0, 1
end

-- A ring that is too small for a raised limit is written anew, oldest first.
local function grow(b)
  if b.size >= b.requests then return end
  if b.written > 0 then
    local body = redis.call('GETRANGE', b.log, HEADER, -1)
    body = body .. string.rep('\0', b.size * ENTRY - #body)
    local cut = (b.written % b.size) * ENTRY
    body = string.sub(body, cut + 1) .. string.sub(body, 1, cut)
    -- The count goes on from the next number at which the oldest entry comes to lie at the ring's beginning.
    b.written = math.ceil((b.written - b.size) / b.requests) * b.requests + b.size
    redis.call('SET', b.log, struct.pack('>dd', b.written, b.requests) .. body)
  end
  b.size = b.requests
end

local function take(b)
  if b.requests > 0 then
    grow(b)
    redis.call('SETRANGE', b.log, HEADER + (b.written % b.size) * ENTRY, struct.pack('>d', now))
    b.written = b.written + 1
    redis.call('SETRANGE', b.log, 0, struct.pack('>dd', b.written, b.size))
    redis.call('PEXPIRE', b.log, math.ceil(b.window / 1000) + 1000)
  end
  if b.slots > 0 then
    redis.call('ZADD', b.leases, now + lease, grant_id)
    b.in_flight = b.in_flight + 1
    redis.call('PEXPIRE', b.leases, math.ceil(lease / 1000) + 600000)
  end
end

local loaded = {}
local refusal
for index = 1, buckets do
  local b = load(index)
  loaded[index] = b
  local opens = math.max(b.closed, opens_at(b, 1))
  local wait, firm = opens - now, 1
  if wait <= 0 and b.slots > 0 and b.in_flight >= b.slots then
    local _
    _, wait, firm = outlook(b)
  end
  if wait > 0 and (not refusal or wait > refusal[3]) then refusal = { 0, index, wait, firm } end
end
if refusal then return refusal end

local answer = { 1 }
for index = 1, buckets do
  local b = loaded[index]
  take(b)
  local room, wait, firm = outlook(b)
  for _, number in ipairs({ room, wait, firm, b.written }) do answer[#answer + 1] = number end
end
redis.call('SET', grant_key, '1', 'PX', remember)
return answer
