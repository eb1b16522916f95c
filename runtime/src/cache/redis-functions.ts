/**
 * The cache's operations, one Lua script each: Redis runs a script as one command. Times are those of the Redis
 * server, so that replicas with differing clocks agree.
 *
 * The first line of a script has Redis refuse it where it would refuse a write, whatever the script does: on a replica,
 * and on a master that no replica hears. What these have may be older than the last acknowledged write.
 *
 * KEYS 1 meta (hash: epoch, place) · 2 data (hash: id → JSON) · 3 order (sorted set: id by place) ·
 *      4 expiry (sorted set: id by ms) · 5 fence of the profile (hash: w:<token> → ms, floor, place)
 */
const prelude = `
local meta, data, order, expiry, fence = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function remove(id)
  redis.call('HDEL', data, id)
  redis.call('ZREM', order, id)
  redis.call('ZREM', expiry, id)
end

local function drop_expired()
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', expiry, '-inf', now)) do remove(id) end
end

local function stored_epoch()
  return tonumber(redis.call('HGET', meta, 'epoch') or '0')
end

local function enter(epoch)
  local stored = stored_epoch()
  if epoch < stored then return stored end
  if epoch > stored then
    redis.call('DEL', data, order, expiry)
    redis.call('HSET', meta, 'epoch', epoch)
  end
  return nil
end

local function put(id, value, place, ttl)
  redis.call('HSET', data, id, value)
  redis.call('ZADD', order, place, id)
  redis.call('ZADD', expiry, now + ttl, id)
end

local function evict(max)
  local excess = redis.call('ZCARD', order) - max
  if excess <= 0 then return {} end
  local oldest = redis.call('ZRANGE', order, 0, excess - 1)
  for _, id in ipairs(oldest) do remove(id) end
  return oldest
end

local function writers()
  local count = 0
  local fields = redis.call('HGETALL', fence)
  for i = 1, #fields, 2 do
    if string.sub(fields[i], 1, 2) == 'w:' then
      if tonumber(fields[i + 1]) <= now then redis.call('HDEL', fence, fields[i]) else count = count + 1 end
    end
  end
  return count
end

local function floor()
  return tonumber(redis.call('HGET', fence, 'floor') or '0')
end
`;

const writes = "#!lua";

/** It only takes away, so that a Redis whose memory is full is read as any other. */
const reads = "#!lua flags=allow-oom";

/** ARGV epoch, id → {"outdated", epoch} or {"ok", JSON or nil} */
export const getScript = `${reads}${prelude}
local outdated = enter(tonumber(ARGV[1]))
if outdated then return {'outdated', outdated} end
drop_expired()
return {'ok', redis.call('HGET', data, ARGV[2])}
`;

/** ARGV epoch, id, version, JSON, ttl, max → {ids that were evicted, size} */
export const fillScript = `${writes}${prelude}
local epoch, id, version = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
drop_expired()
local fenced = writers() > 0 or floor() > version
if epoch ~= stored_epoch() or fenced or redis.call('HEXISTS', data, id) == 1 then
  return {{}, redis.call('ZCARD', order)}
end
put(id, ARGV[4], redis.call('HINCRBY', meta, 'place', 1), tonumber(ARGV[5]))
local evicted = evict(tonumber(ARGV[6]))
return {evicted, redis.call('ZCARD', order)}
`;

/** ARGV epoch, id, token, fence life → {"outdated", epoch} or {"ok"} */
export const beginWriteScript = `${writes}${prelude}
local outdated = enter(tonumber(ARGV[1]))
if outdated then return {'outdated', outdated} end
drop_expired()
local id, life = ARGV[2], tonumber(ARGV[4])
local place = redis.call('ZSCORE', order, id)
if place then redis.call('HSET', fence, 'place', place, 'epoch', ARGV[1]) end
remove(id)
redis.call('HSET', fence, 'w:' .. ARGV[3], now + life)
redis.call('PEXPIRE', fence, life)
return {'ok'}
`;

/** ARGV epoch or "", id, token, fence life, floor, JSON or "", ttl, max → {ids that were evicted, size, stood} */
export const endWriteScript = `${writes}${prelude}
local epoch, id, life, version = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[4]), tonumber(ARGV[5])
drop_expired()
local others = writers()
local stood = redis.call('HDEL', fence, 'w:' .. ARGV[3])
others = others - stood
local lowest = math.max(floor(), version)
redis.call('HSET', fence, 'floor', string.format('%.0f', lowest))
redis.call('PEXPIRE', fence, life)
if others > 0 then return {{}, redis.call('ZCARD', order), stood} end
local place, taken = unpack(redis.call('HMGET', fence, 'place', 'epoch'))
redis.call('HDEL', fence, 'place', 'epoch')
local current = ARGV[6] ~= '' and version >= lowest and epoch == stored_epoch()
if not current or stood == 0 or not place or tonumber(taken) ~= epoch then
  return {{}, redis.call('ZCARD', order), stood}
end
put(id, ARGV[6], place, tonumber(ARGV[7]))
local evicted = evict(tonumber(ARGV[8]))
return {evicted, redis.call('ZCARD', order), stood}
`;

/** → size */
export const sizeScript = `${reads}${prelude}
drop_expired()
return redis.call('ZCARD', order)
`;
