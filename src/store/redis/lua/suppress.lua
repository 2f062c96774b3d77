#!lua
-- ARGV: account, address key, reason. Answers since when; a second time replaces the reason only.
return suppress(ARGV[1], ARGV[2], ARGV[3])
