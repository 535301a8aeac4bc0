-- Takes an instance out. KEYS: index, meta, the instance. ARGV: member, value.
-- Another value is another process of the same name, which stays. Answers whether it was there.
if redis.call('GET', KEYS[3]) ~= ARGV[2] then
  return 0
end
redis.call('DEL', KEYS[3])
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HINCRBY', KEYS[2], 'version', 1)
return 1
