#!lua
-- Keeps ARGV[1] as the installation's secret unless there is one. Answers the one kept.
call('HSETNX', M, 'secret', ARGV[1])
return call('HGET', M, 'secret')
