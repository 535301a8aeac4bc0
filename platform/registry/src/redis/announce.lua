-- Makes an instance known, or lets it live on. KEYS: index, meta, the instance. ARGV: member, value, its milliseconds to
-- live, an epoch for a new meta, milliseconds that index and meta live, most members.
-- Answers 1, or 0 when there is no room.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local changed = redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[6]) then
    return 0
  end
  changed = changed + 1
end
if redis.call('GET', KEYS[3]) ~= ARGV[2] then
  changed = changed + 1
end
redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[3])
redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[3]), ARGV[1])
redis.call('HSETNX', KEYS[2], 'epoch', ARGV[4])
if changed > 0 then
  redis.call('HINCRBY', KEYS[2], 'version', 1)
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return 1
