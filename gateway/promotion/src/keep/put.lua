-- Writes the state of a route in place of the one with the expected version. KEYS: the states. ARGV: route, expected version
-- (0: of none), the new state as JSON, most routes. Answers 1, or 0 when another version is there, or no room.
local held = redis.call('HGET', KEYS[1], ARGV[1])
local version = 0
if held then
  version = cjson.decode(held)['version']
elseif redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then
  return 0
end
if version ~= tonumber(ARGV[2]) then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
