-- Tells which life the server of a gate is in (redis-script.ts says what a life is).
--
-- KEYS[1] gate  hash (only to be sent to the right node)
-- ARGV    none
-- Reply   the life
return lifeOfServer(), KEYS[1]
