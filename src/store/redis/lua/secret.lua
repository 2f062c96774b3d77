#!lua flags=allow-oom
-- Keeps ARGV[1] as the installation's secret unless there is one. Answers the one kept.
-- allow-oom: the worker that would empty a full store asks for it when it starts.
call('HSETNX', M, 'secret', ARGV[1])
return call('HGET', M, 'secret')
