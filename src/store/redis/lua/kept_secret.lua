#!lua flags=no-writes
-- Answers the installation's secret, if there is one.
return call('HGET', M, 'secret')
