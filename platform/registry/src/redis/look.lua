-- What is there. KEYS: index, meta. ARGV: epoch and version known, prefix of instances' keys, an epoch for a new meta,
-- milliseconds that a new meta lives, most members.
-- Answers epoch, version, and, unless both are the known ones, member and value of each living instance.
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
if redis.call('HSETNX', KEYS[2], 'epoch', ARGV[4]) == 1 then
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
end
if redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now) > 0 then
  redis.call('HINCRBY', KEYS[2], 'version', 1)
end
local epoch = redis.call('HGET', KEYS[2], 'epoch')
local version = redis.call('HGET', KEYS[2], 'version') or '0'
local answer = { epoch, version }
if epoch == ARGV[1] and version == ARGV[2] then
  return answer
end
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, ARGV[6] - 1)) do
  -- A key may be gone before its time, where memory is short.
  local value = redis.call('GET', ARGV[3] .. member)
  if value then
    answer[#answer + 1] = member
    answer[#answer + 1] = value
  end
end
return answer
