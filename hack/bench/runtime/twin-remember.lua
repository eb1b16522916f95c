-- Keeps what a read found: first in, first out.
-- KEYS: entry of the profile, list of cached ids; ARGV: id, JSON, seconds to live, most entries, what entries begin with
local isNew = redis.call('EXISTS', KEYS[1]) == 0
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
if isNew and redis.call('RPUSH', KEYS[2], ARGV[1]) > tonumber(ARGV[4]) then
  redis.call('DEL', ARGV[5] .. redis.call('LPOP', KEYS[2]))
end
return 1
