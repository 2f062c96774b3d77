
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'gomail' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'gomail'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'gomail' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('up', 'up', [CompletionResultType]::ParameterValue, 'Run all roles in one process')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run the HTTP API')
            [CompletionResult]::new('worker', 'worker', [CompletionResultType]::ParameterValue, 'Run a worker, which delivers what is queued')
            [CompletionResult]::new('scheduler', 'scheduler', [CompletionResultType]::ParameterValue, 'Run the scheduler, which sends newsletters when their time comes')
            [CompletionResult]::new('register', 'register', [CompletionResultType]::ParameterValue, 'Sign up, and keep the key for this server')
            [CompletionResult]::new('deregister', 'deregister', [CompletionResultType]::ParameterValue, 'End an account''s access at once, and forget its key. What waits is still sent')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send a message, a one-time code, or a change of subscription')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check a one-time code; it works once')
            [CompletionResult]::new('content', 'content', [CompletionResultType]::ParameterValue, 'Newsletter templates')
            [CompletionResult]::new('metrics', 'metrics', [CompletionResultType]::ParameterValue, 'What was done and what waits')
            [CompletionResult]::new('task', 'task', [CompletionResultType]::ParameterValue, 'Tasks: list, look at, retry, cancel')
            [CompletionResult]::new('subscriptions', 'subscriptions', [CompletionResultType]::ParameterValue, 'Who is subscribed to what')
            [CompletionResult]::new('runs', 'runs', [CompletionResultType]::ParameterValue, 'Newsletter runs, and who did not get one')
            [CompletionResult]::new('suppressions', 'suppressions', [CompletionResultType]::ParameterValue, 'Addresses that must not be written to')
            [CompletionResult]::new('outbox', 'outbox', [CompletionResultType]::ParameterValue, 'Mails that a development machine captured instead of sending')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check settings, store, service, key and relay')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show the settings in force and where each came from')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completions of a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'gomail;up' {
            [CompletionResult]::new('--smtp-server', '--smtp-server', [CompletionResultType]::ParameterName, 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]')
            [CompletionResult]::new('--smtp-port', '--smtp-port', [CompletionResultType]::ParameterName, 'Port of the SMTP server. [env: smtp_port] [default: 587]')
            [CompletionResult]::new('--smtp-user', '--smtp-user', [CompletionResultType]::ParameterName, 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]')
            [CompletionResult]::new('--smtp-pass', '--smtp-pass', [CompletionResultType]::ParameterName, 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]')
            [CompletionResult]::new('--smtp-tls', '--smtp-tls', [CompletionResultType]::ParameterName, 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]')
            [CompletionResult]::new('--smtp-ca', '--smtp-ca', [CompletionResultType]::ParameterName, 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]')
            [CompletionResult]::new('--smtp-timeout', '--smtp-timeout', [CompletionResultType]::ParameterName, 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]')
            [CompletionResult]::new('--smtp-data-timeout', '--smtp-data-timeout', [CompletionResultType]::ParameterName, 'Longest wait for the reply to a mail''s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]')
            [CompletionResult]::new('--redis-uri', '--redis-uri', [CompletionResultType]::ParameterName, 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]')
            [CompletionResult]::new('--durability', '--durability', [CompletionResultType]::ParameterName, 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]')
            [CompletionResult]::new('--retention', '--retention', [CompletionResultType]::ParameterName, 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]')
            [CompletionResult]::new('--public-url', '--public-url', [CompletionResultType]::ParameterName, 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]')
            [CompletionResult]::new('--max-body', '--max-body', [CompletionResultType]::ParameterName, 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]')
            [CompletionResult]::new('--auth-rate', '--auth-rate', [CompletionResultType]::ParameterName, 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]')
            [CompletionResult]::new('--unsubscribe-mailto', '--unsubscribe-mailto', [CompletionResultType]::ParameterName, 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]')
            [CompletionResult]::new('--dkim-domain', '--dkim-domain', [CompletionResultType]::ParameterName, 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]')
            [CompletionResult]::new('--dkim-selector', '--dkim-selector', [CompletionResultType]::ParameterName, 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]')
            [CompletionResult]::new('--dkim-key', '--dkim-key', [CompletionResultType]::ParameterName, 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]')
            [CompletionResult]::new('--admin-key', '--admin-key', [CompletionResultType]::ParameterName, 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]')
            [CompletionResult]::new('--registration', '--registration', [CompletionResultType]::ParameterName, 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]')
            [CompletionResult]::new('--secret-previous', '--secret-previous', [CompletionResultType]::ParameterName, 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]')
            [CompletionResult]::new('--key-ttl', '--key-ttl', [CompletionResultType]::ParameterName, 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]')
            [CompletionResult]::new('--otp-ttl', '--otp-ttl', [CompletionResultType]::ParameterName, 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]')
            [CompletionResult]::new('--otp-attempts', '--otp-attempts', [CompletionResultType]::ParameterName, 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]')
            [CompletionResult]::new('--otp-cooldown', '--otp-cooldown', [CompletionResultType]::ParameterName, 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]')
            [CompletionResult]::new('--otp-per-hour', '--otp-per-hour', [CompletionResultType]::ParameterName, 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]')
            [CompletionResult]::new('--lease', '--lease', [CompletionResultType]::ParameterName, 'A worker''s hold on a task, extended while it works; a dead worker''s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]')
            [CompletionResult]::new('--retry-base', '--retry-base', [CompletionResultType]::ParameterName, 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]')
            [CompletionResult]::new('--otp-retry-base', '--otp-retry-base', [CompletionResultType]::ParameterName, 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]')
            [CompletionResult]::new('--timezone', '--timezone', [CompletionResultType]::ParameterName, 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]')
            [CompletionResult]::new('--catch-up', '--catch-up', [CompletionResultType]::ParameterName, 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]')
            [CompletionResult]::new('--log-file', '--log-file', [CompletionResultType]::ParameterName, 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]')
            [CompletionResult]::new('--log-format', '--log-format', [CompletionResultType]::ParameterName, 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]')
            [CompletionResult]::new('--rust-log', '--rust-log', [CompletionResultType]::ParameterName, 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]')
            [CompletionResult]::new('--metrics-listen', '--metrics-listen', [CompletionResultType]::ParameterName, 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]')
            [CompletionResult]::new('--test-clock', '--test-clock', [CompletionResultType]::ParameterName, '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;serve' {
            [CompletionResult]::new('--smtp-server', '--smtp-server', [CompletionResultType]::ParameterName, 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]')
            [CompletionResult]::new('--smtp-port', '--smtp-port', [CompletionResultType]::ParameterName, 'Port of the SMTP server. [env: smtp_port] [default: 587]')
            [CompletionResult]::new('--smtp-user', '--smtp-user', [CompletionResultType]::ParameterName, 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]')
            [CompletionResult]::new('--smtp-pass', '--smtp-pass', [CompletionResultType]::ParameterName, 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]')
            [CompletionResult]::new('--smtp-tls', '--smtp-tls', [CompletionResultType]::ParameterName, 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]')
            [CompletionResult]::new('--smtp-ca', '--smtp-ca', [CompletionResultType]::ParameterName, 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]')
            [CompletionResult]::new('--smtp-timeout', '--smtp-timeout', [CompletionResultType]::ParameterName, 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]')
            [CompletionResult]::new('--smtp-data-timeout', '--smtp-data-timeout', [CompletionResultType]::ParameterName, 'Longest wait for the reply to a mail''s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]')
            [CompletionResult]::new('--redis-uri', '--redis-uri', [CompletionResultType]::ParameterName, 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]')
            [CompletionResult]::new('--durability', '--durability', [CompletionResultType]::ParameterName, 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]')
            [CompletionResult]::new('--retention', '--retention', [CompletionResultType]::ParameterName, 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]')
            [CompletionResult]::new('--public-url', '--public-url', [CompletionResultType]::ParameterName, 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]')
            [CompletionResult]::new('--max-body', '--max-body', [CompletionResultType]::ParameterName, 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]')
            [CompletionResult]::new('--auth-rate', '--auth-rate', [CompletionResultType]::ParameterName, 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]')
            [CompletionResult]::new('--unsubscribe-mailto', '--unsubscribe-mailto', [CompletionResultType]::ParameterName, 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]')
            [CompletionResult]::new('--dkim-domain', '--dkim-domain', [CompletionResultType]::ParameterName, 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]')
            [CompletionResult]::new('--dkim-selector', '--dkim-selector', [CompletionResultType]::ParameterName, 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]')
            [CompletionResult]::new('--dkim-key', '--dkim-key', [CompletionResultType]::ParameterName, 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]')
            [CompletionResult]::new('--admin-key', '--admin-key', [CompletionResultType]::ParameterName, 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]')
            [CompletionResult]::new('--registration', '--registration', [CompletionResultType]::ParameterName, 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]')
            [CompletionResult]::new('--secret-previous', '--secret-previous', [CompletionResultType]::ParameterName, 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]')
            [CompletionResult]::new('--key-ttl', '--key-ttl', [CompletionResultType]::ParameterName, 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]')
            [CompletionResult]::new('--otp-ttl', '--otp-ttl', [CompletionResultType]::ParameterName, 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]')
            [CompletionResult]::new('--otp-attempts', '--otp-attempts', [CompletionResultType]::ParameterName, 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]')
            [CompletionResult]::new('--otp-cooldown', '--otp-cooldown', [CompletionResultType]::ParameterName, 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]')
            [CompletionResult]::new('--otp-per-hour', '--otp-per-hour', [CompletionResultType]::ParameterName, 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]')
            [CompletionResult]::new('--lease', '--lease', [CompletionResultType]::ParameterName, 'A worker''s hold on a task, extended while it works; a dead worker''s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]')
            [CompletionResult]::new('--retry-base', '--retry-base', [CompletionResultType]::ParameterName, 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]')
            [CompletionResult]::new('--otp-retry-base', '--otp-retry-base', [CompletionResultType]::ParameterName, 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]')
            [CompletionResult]::new('--timezone', '--timezone', [CompletionResultType]::ParameterName, 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]')
            [CompletionResult]::new('--catch-up', '--catch-up', [CompletionResultType]::ParameterName, 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]')
            [CompletionResult]::new('--log-file', '--log-file', [CompletionResultType]::ParameterName, 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]')
            [CompletionResult]::new('--log-format', '--log-format', [CompletionResultType]::ParameterName, 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]')
            [CompletionResult]::new('--rust-log', '--rust-log', [CompletionResultType]::ParameterName, 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]')
            [CompletionResult]::new('--metrics-listen', '--metrics-listen', [CompletionResultType]::ParameterName, 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]')
            [CompletionResult]::new('--test-clock', '--test-clock', [CompletionResultType]::ParameterName, '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;worker' {
            [CompletionResult]::new('--smtp-server', '--smtp-server', [CompletionResultType]::ParameterName, 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]')
            [CompletionResult]::new('--smtp-port', '--smtp-port', [CompletionResultType]::ParameterName, 'Port of the SMTP server. [env: smtp_port] [default: 587]')
            [CompletionResult]::new('--smtp-user', '--smtp-user', [CompletionResultType]::ParameterName, 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]')
            [CompletionResult]::new('--smtp-pass', '--smtp-pass', [CompletionResultType]::ParameterName, 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]')
            [CompletionResult]::new('--smtp-tls', '--smtp-tls', [CompletionResultType]::ParameterName, 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]')
            [CompletionResult]::new('--smtp-ca', '--smtp-ca', [CompletionResultType]::ParameterName, 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]')
            [CompletionResult]::new('--smtp-timeout', '--smtp-timeout', [CompletionResultType]::ParameterName, 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]')
            [CompletionResult]::new('--smtp-data-timeout', '--smtp-data-timeout', [CompletionResultType]::ParameterName, 'Longest wait for the reply to a mail''s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]')
            [CompletionResult]::new('--redis-uri', '--redis-uri', [CompletionResultType]::ParameterName, 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]')
            [CompletionResult]::new('--durability', '--durability', [CompletionResultType]::ParameterName, 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]')
            [CompletionResult]::new('--retention', '--retention', [CompletionResultType]::ParameterName, 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]')
            [CompletionResult]::new('--public-url', '--public-url', [CompletionResultType]::ParameterName, 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]')
            [CompletionResult]::new('--max-body', '--max-body', [CompletionResultType]::ParameterName, 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]')
            [CompletionResult]::new('--auth-rate', '--auth-rate', [CompletionResultType]::ParameterName, 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]')
            [CompletionResult]::new('--unsubscribe-mailto', '--unsubscribe-mailto', [CompletionResultType]::ParameterName, 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]')
            [CompletionResult]::new('--dkim-domain', '--dkim-domain', [CompletionResultType]::ParameterName, 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]')
            [CompletionResult]::new('--dkim-selector', '--dkim-selector', [CompletionResultType]::ParameterName, 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]')
            [CompletionResult]::new('--dkim-key', '--dkim-key', [CompletionResultType]::ParameterName, 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]')
            [CompletionResult]::new('--admin-key', '--admin-key', [CompletionResultType]::ParameterName, 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]')
            [CompletionResult]::new('--registration', '--registration', [CompletionResultType]::ParameterName, 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]')
            [CompletionResult]::new('--secret-previous', '--secret-previous', [CompletionResultType]::ParameterName, 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]')
            [CompletionResult]::new('--key-ttl', '--key-ttl', [CompletionResultType]::ParameterName, 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]')
            [CompletionResult]::new('--otp-ttl', '--otp-ttl', [CompletionResultType]::ParameterName, 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]')
            [CompletionResult]::new('--otp-attempts', '--otp-attempts', [CompletionResultType]::ParameterName, 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]')
            [CompletionResult]::new('--otp-cooldown', '--otp-cooldown', [CompletionResultType]::ParameterName, 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]')
            [CompletionResult]::new('--otp-per-hour', '--otp-per-hour', [CompletionResultType]::ParameterName, 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]')
            [CompletionResult]::new('--lease', '--lease', [CompletionResultType]::ParameterName, 'A worker''s hold on a task, extended while it works; a dead worker''s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]')
            [CompletionResult]::new('--retry-base', '--retry-base', [CompletionResultType]::ParameterName, 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]')
            [CompletionResult]::new('--otp-retry-base', '--otp-retry-base', [CompletionResultType]::ParameterName, 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]')
            [CompletionResult]::new('--timezone', '--timezone', [CompletionResultType]::ParameterName, 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]')
            [CompletionResult]::new('--catch-up', '--catch-up', [CompletionResultType]::ParameterName, 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]')
            [CompletionResult]::new('--log-file', '--log-file', [CompletionResultType]::ParameterName, 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]')
            [CompletionResult]::new('--log-format', '--log-format', [CompletionResultType]::ParameterName, 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]')
            [CompletionResult]::new('--rust-log', '--rust-log', [CompletionResultType]::ParameterName, 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]')
            [CompletionResult]::new('--metrics-listen', '--metrics-listen', [CompletionResultType]::ParameterName, 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]')
            [CompletionResult]::new('--test-clock', '--test-clock', [CompletionResultType]::ParameterName, '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--until-empty', '--until-empty', [CompletionResultType]::ParameterName, 'End when nothing is queued or running')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;scheduler' {
            [CompletionResult]::new('--smtp-server', '--smtp-server', [CompletionResultType]::ParameterName, 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]')
            [CompletionResult]::new('--smtp-port', '--smtp-port', [CompletionResultType]::ParameterName, 'Port of the SMTP server. [env: smtp_port] [default: 587]')
            [CompletionResult]::new('--smtp-user', '--smtp-user', [CompletionResultType]::ParameterName, 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]')
            [CompletionResult]::new('--smtp-pass', '--smtp-pass', [CompletionResultType]::ParameterName, 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]')
            [CompletionResult]::new('--smtp-tls', '--smtp-tls', [CompletionResultType]::ParameterName, 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]')
            [CompletionResult]::new('--smtp-ca', '--smtp-ca', [CompletionResultType]::ParameterName, 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]')
            [CompletionResult]::new('--smtp-timeout', '--smtp-timeout', [CompletionResultType]::ParameterName, 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]')
            [CompletionResult]::new('--smtp-data-timeout', '--smtp-data-timeout', [CompletionResultType]::ParameterName, 'Longest wait for the reply to a mail''s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]')
            [CompletionResult]::new('--redis-uri', '--redis-uri', [CompletionResultType]::ParameterName, 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]')
            [CompletionResult]::new('--durability', '--durability', [CompletionResultType]::ParameterName, 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]')
            [CompletionResult]::new('--retention', '--retention', [CompletionResultType]::ParameterName, 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]')
            [CompletionResult]::new('--public-url', '--public-url', [CompletionResultType]::ParameterName, 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]')
            [CompletionResult]::new('--max-body', '--max-body', [CompletionResultType]::ParameterName, 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]')
            [CompletionResult]::new('--auth-rate', '--auth-rate', [CompletionResultType]::ParameterName, 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]')
            [CompletionResult]::new('--unsubscribe-mailto', '--unsubscribe-mailto', [CompletionResultType]::ParameterName, 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]')
            [CompletionResult]::new('--dkim-domain', '--dkim-domain', [CompletionResultType]::ParameterName, 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]')
            [CompletionResult]::new('--dkim-selector', '--dkim-selector', [CompletionResultType]::ParameterName, 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]')
            [CompletionResult]::new('--dkim-key', '--dkim-key', [CompletionResultType]::ParameterName, 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]')
            [CompletionResult]::new('--admin-key', '--admin-key', [CompletionResultType]::ParameterName, 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]')
            [CompletionResult]::new('--registration', '--registration', [CompletionResultType]::ParameterName, 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]')
            [CompletionResult]::new('--secret-previous', '--secret-previous', [CompletionResultType]::ParameterName, 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]')
            [CompletionResult]::new('--key-ttl', '--key-ttl', [CompletionResultType]::ParameterName, 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]')
            [CompletionResult]::new('--otp-ttl', '--otp-ttl', [CompletionResultType]::ParameterName, 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]')
            [CompletionResult]::new('--otp-attempts', '--otp-attempts', [CompletionResultType]::ParameterName, 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]')
            [CompletionResult]::new('--otp-cooldown', '--otp-cooldown', [CompletionResultType]::ParameterName, 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]')
            [CompletionResult]::new('--otp-per-hour', '--otp-per-hour', [CompletionResultType]::ParameterName, 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]')
            [CompletionResult]::new('--lease', '--lease', [CompletionResultType]::ParameterName, 'A worker''s hold on a task, extended while it works; a dead worker''s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]')
            [CompletionResult]::new('--retry-base', '--retry-base', [CompletionResultType]::ParameterName, 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]')
            [CompletionResult]::new('--otp-retry-base', '--otp-retry-base', [CompletionResultType]::ParameterName, 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]')
            [CompletionResult]::new('--timezone', '--timezone', [CompletionResultType]::ParameterName, 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]')
            [CompletionResult]::new('--catch-up', '--catch-up', [CompletionResultType]::ParameterName, 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]')
            [CompletionResult]::new('--log-file', '--log-file', [CompletionResultType]::ParameterName, 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]')
            [CompletionResult]::new('--log-format', '--log-format', [CompletionResultType]::ParameterName, 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]')
            [CompletionResult]::new('--rust-log', '--rust-log', [CompletionResultType]::ParameterName, 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]')
            [CompletionResult]::new('--metrics-listen', '--metrics-listen', [CompletionResultType]::ParameterName, 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]')
            [CompletionResult]::new('--test-clock', '--test-clock', [CompletionResultType]::ParameterName, '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;register' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--no-save', '--no-save', [CompletionResultType]::ParameterName, 'Print the key and keep none: for an application')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;deregister' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;send' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The recipient; may be repeated')
            [CompletionResult]::new('--csv', '--csv', [CompletionResultType]::ParameterName, 'Send to every row of a CSV file (`-`: standard input). First line: column names. The recipient is in the first of to, email, userId, recipient that is there; names of payload fields set those; any other column is a variable of a message''s templates')
            [CompletionResult]::new('--jsonl', '--jsonl', [CompletionResultType]::ParameterName, 'Send every line of a JSON Lines file (`-`: standard input): whole tasks as the API takes them, which get from the other options what they lack, or objects with the columns of --csv')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'The subject')
            [CompletionResult]::new('--content', '--content', [CompletionResultType]::ParameterName, 'The body: HTML if it holds markup, else text; `-` is standard input')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'File with the body; `-` is standard input')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to read the body, whatever it holds')
            [CompletionResult]::new('--text', '--text', [CompletionResultType]::ParameterName, 'The text part, instead of one made from the HTML')
            [CompletionResult]::new('--text-file', '--text-file', [CompletionResultType]::ParameterName, 'File with the text part')
            [CompletionResult]::new('--from-name', '--from-name', [CompletionResultType]::ParameterName, 'Display name of the sender')
            [CompletionResult]::new('--reply-to', '--reply-to', [CompletionResultType]::ParameterName, 'Where answers go')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'A header such as ''X-Order: 17''; may be repeated')
            [CompletionResult]::new('--attach', '--attach', [CompletionResultType]::ParameterName, 'A file to attach; may be repeated')
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'A variable, which makes subject and body templates; may be repeated')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A label to find the task by; may be repeated')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Send later: an RFC 3339 time, or a duration from now such as 2h (not with --idempotency-key: a repeated command would name another time)')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Your name for the task')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Tries after the first, 0 to 20 [default: 3]')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'How long to wait at most [default: 5m]')
            [CompletionResult]::new('--idempotency-key', '--idempotency-key', [CompletionResultType]::ParameterName, 'Repeating a command with the same key sends once. Each chunk of a file has a key made of it')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until every task has ended; fail if one did not succeed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be posted, and post nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('message', 'message', [CompletionResultType]::ParameterValue, 'A message; the same as without this word')
            [CompletionResult]::new('otp', 'otp', [CompletionResultType]::ParameterValue, 'A one-time code')
            [CompletionResult]::new('subscribe', 'subscribe', [CompletionResultType]::ParameterValue, 'Subscribe to a newsletter')
            [CompletionResult]::new('unsubscribe', 'unsubscribe', [CompletionResultType]::ParameterValue, 'Unsubscribe from a newsletter')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'gomail;send;message' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The recipient; may be repeated')
            [CompletionResult]::new('--csv', '--csv', [CompletionResultType]::ParameterName, 'Send to every row of a CSV file (`-`: standard input). First line: column names. The recipient is in the first of to, email, userId, recipient that is there; names of payload fields set those; any other column is a variable of a message''s templates')
            [CompletionResult]::new('--jsonl', '--jsonl', [CompletionResultType]::ParameterName, 'Send every line of a JSON Lines file (`-`: standard input): whole tasks as the API takes them, which get from the other options what they lack, or objects with the columns of --csv')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'The subject')
            [CompletionResult]::new('--content', '--content', [CompletionResultType]::ParameterName, 'The body: HTML if it holds markup, else text; `-` is standard input')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'File with the body; `-` is standard input')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to read the body, whatever it holds')
            [CompletionResult]::new('--text', '--text', [CompletionResultType]::ParameterName, 'The text part, instead of one made from the HTML')
            [CompletionResult]::new('--text-file', '--text-file', [CompletionResultType]::ParameterName, 'File with the text part')
            [CompletionResult]::new('--from-name', '--from-name', [CompletionResultType]::ParameterName, 'Display name of the sender')
            [CompletionResult]::new('--reply-to', '--reply-to', [CompletionResultType]::ParameterName, 'Where answers go')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'A header such as ''X-Order: 17''; may be repeated')
            [CompletionResult]::new('--attach', '--attach', [CompletionResultType]::ParameterName, 'A file to attach; may be repeated')
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'A variable, which makes subject and body templates; may be repeated')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'A label to find the task by; may be repeated')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Send later: an RFC 3339 time, or a duration from now such as 2h (not with --idempotency-key: a repeated command would name another time)')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Your name for the task')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Tries after the first, 0 to 20 [default: 3]')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'How long to wait at most [default: 5m]')
            [CompletionResult]::new('--idempotency-key', '--idempotency-key', [CompletionResultType]::ParameterName, 'Repeating a command with the same key sends once. Each chunk of a file has a key made of it')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until every task has ended; fail if one did not succeed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be posted, and post nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;send;otp' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The recipient; may be repeated')
            [CompletionResult]::new('--csv', '--csv', [CompletionResultType]::ParameterName, 'Send to every row of a CSV file (`-`: standard input). First line: column names. The recipient is in the first of to, email, userId, recipient that is there; names of payload fields set those; any other column is a variable of a message''s templates')
            [CompletionResult]::new('--jsonl', '--jsonl', [CompletionResultType]::ParameterName, 'Send every line of a JSON Lines file (`-`: standard input): whole tasks as the API takes them, which get from the other options what they lack, or objects with the columns of --csv')
            [CompletionResult]::new('--length', '--length', [CompletionResultType]::ParameterName, 'How many digits, 4 to 8')
            [CompletionResult]::new('--purpose', '--purpose', [CompletionResultType]::ParameterName, 'What the code is for; codes of different purposes never meet')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'Your own subject; needs a body with {{ otp }}')
            [CompletionResult]::new('--content', '--content', [CompletionResultType]::ParameterName, 'The body: HTML if it holds markup, else text; `-` is standard input')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'File with the body; `-` is standard input')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Your name for the task')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Tries after the first, 0 to 20 [default: 3]')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'How long to wait at most [default: 5m]')
            [CompletionResult]::new('--idempotency-key', '--idempotency-key', [CompletionResultType]::ParameterName, 'Repeating a command with the same key sends once. Each chunk of a file has a key made of it')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until every task has ended; fail if one did not succeed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be posted, and post nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;send;subscribe' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The recipient; may be repeated')
            [CompletionResult]::new('--csv', '--csv', [CompletionResultType]::ParameterName, 'Send to every row of a CSV file (`-`: standard input). First line: column names. The recipient is in the first of to, email, userId, recipient that is there; names of payload fields set those; any other column is a variable of a message''s templates')
            [CompletionResult]::new('--jsonl', '--jsonl', [CompletionResultType]::ParameterName, 'Send every line of a JSON Lines file (`-`: standard input): whole tasks as the API takes them, which get from the other options what they lack, or objects with the columns of --csv')
            [CompletionResult]::new('--content-type', '--content-type', [CompletionResultType]::ParameterName, 'The newsletter')
            [CompletionResult]::new('--frequency', '--frequency', [CompletionResultType]::ParameterName, 'How often')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'Subject template; with a body, creates the content type if it is missing')
            [CompletionResult]::new('--content', '--content', [CompletionResultType]::ParameterName, 'The body: HTML if it holds markup, else text; `-` is standard input')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'File with the body; `-` is standard input')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Your name for the task')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Tries after the first, 0 to 20 [default: 3]')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'How long to wait at most [default: 5m]')
            [CompletionResult]::new('--idempotency-key', '--idempotency-key', [CompletionResultType]::ParameterName, 'Repeating a command with the same key sends once. Each chunk of a file has a key made of it')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until every task has ended; fail if one did not succeed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be posted, and post nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;send;unsubscribe' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The recipient; may be repeated')
            [CompletionResult]::new('--csv', '--csv', [CompletionResultType]::ParameterName, 'Send to every row of a CSV file (`-`: standard input). First line: column names. The recipient is in the first of to, email, userId, recipient that is there; names of payload fields set those; any other column is a variable of a message''s templates')
            [CompletionResult]::new('--jsonl', '--jsonl', [CompletionResultType]::ParameterName, 'Send every line of a JSON Lines file (`-`: standard input): whole tasks as the API takes them, which get from the other options what they lack, or objects with the columns of --csv')
            [CompletionResult]::new('--content-type', '--content-type', [CompletionResultType]::ParameterName, 'The newsletter')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Your name for the task')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Tries after the first, 0 to 20 [default: 3]')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'How long to wait at most [default: 5m]')
            [CompletionResult]::new('--idempotency-key', '--idempotency-key', [CompletionResultType]::ParameterName, 'Repeating a command with the same key sends once. Each chunk of a file has a key made of it')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until every task has ended; fail if one did not succeed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be posted, and post nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;send;help' {
            [CompletionResult]::new('message', 'message', [CompletionResultType]::ParameterValue, 'A message; the same as without this word')
            [CompletionResult]::new('otp', 'otp', [CompletionResultType]::ParameterValue, 'A one-time code')
            [CompletionResult]::new('subscribe', 'subscribe', [CompletionResultType]::ParameterValue, 'Subscribe to a newsletter')
            [CompletionResult]::new('unsubscribe', 'unsubscribe', [CompletionResultType]::ParameterValue, 'Unsubscribe from a newsletter')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'gomail;send;help;message' {
            break
        }
        'gomail;send;help;otp' {
            break
        }
        'gomail;send;help;subscribe' {
            break
        }
        'gomail;send;help;unsubscribe' {
            break
        }
        'gomail;send;help;help' {
            break
        }
        'gomail;verify' {
            [CompletionResult]::new('--purpose', '--purpose', [CompletionResultType]::ParameterName, 'What the code is for, as it was asked for')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;content' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a content type')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Replace a content type''s subject and content')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'All content types')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'One content type')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a content type')
            [CompletionResult]::new('preview', 'preview', [CompletionResultType]::ParameterValue, 'Show what a subscriber would read; without the unsubscribe line, which is added when it is sent')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'gomail;content;create' {
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'Subject template')
            [CompletionResult]::new('--content', '--content', [CompletionResultType]::ParameterName, 'The body: HTML if it holds markup, else text; `-` is standard input')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'File with the body; `-` is standard input')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;content;update' {
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'Subject template')
            [CompletionResult]::new('--content', '--content', [CompletionResultType]::ParameterName, 'The body: HTML if it holds markup, else text; `-` is standard input')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'File with the body; `-` is standard input')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;content;list' {
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most this many; all of them when absent')
            [CompletionResult]::new('--cursor', '--cursor', [CompletionResultType]::ParameterName, 'Begin where an earlier list ended (`next_cursor`)')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;content;get' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;content;delete' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Even while there are subscriptions; they end')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;content;preview' {
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'A variable of the template; may be repeated')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;content;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a content type')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Replace a content type''s subject and content')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'All content types')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'One content type')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a content type')
            [CompletionResult]::new('preview', 'preview', [CompletionResultType]::ParameterValue, 'Show what a subscriber would read; without the unsubscribe line, which is added when it is sent')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'gomail;content;help;create' {
            break
        }
        'gomail;content;help;update' {
            break
        }
        'gomail;content;help;list' {
            break
        }
        'gomail;content;help;get' {
            break
        }
        'gomail;content;help;delete' {
            break
        }
        'gomail;content;help;preview' {
            break
        }
        'gomail;content;help;help' {
            break
        }
        'gomail;metrics' {
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'How often, with --watch')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Show them again and again')
            [CompletionResult]::new('--prometheus', '--prometheus', [CompletionResultType]::ParameterName, 'The text that Prometheus reads')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;task' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Tasks, newest first')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'One task, with every attempt')
            [CompletionResult]::new('retry', 'retry', [CompletionResultType]::ParameterValue, 'Put a failed or uncertain task back')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Cancel a task that has not begun')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'gomail;task;list' {
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'Only those in this state')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only those of this type')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Only those for this recipient')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Only those with this tag')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most this many; all of them when absent')
            [CompletionResult]::new('--cursor', '--cursor', [CompletionResultType]::ParameterName, 'Begin where an earlier list ended (`next_cursor`)')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;task;get' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;task;retry' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;task;cancel' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;task;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Tasks, newest first')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'One task, with every attempt')
            [CompletionResult]::new('retry', 'retry', [CompletionResultType]::ParameterValue, 'Put a failed or uncertain task back')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Cancel a task that has not begun')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'gomail;task;help;list' {
            break
        }
        'gomail;task;help;get' {
            break
        }
        'gomail;task;help;retry' {
            break
        }
        'gomail;task;help;cancel' {
            break
        }
        'gomail;task;help;help' {
            break
        }
        'gomail;subscriptions' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Subscriptions in force')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'gomail;subscriptions;list' {
            [CompletionResult]::new('--content-type', '--content-type', [CompletionResultType]::ParameterName, 'Only those to this content type')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Only those of this recipient')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most this many; all of them when absent')
            [CompletionResult]::new('--cursor', '--cursor', [CompletionResultType]::ParameterName, 'Begin where an earlier list ended (`next_cursor`)')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;subscriptions;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Subscriptions in force')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'gomail;subscriptions;help;list' {
            break
        }
        'gomail;subscriptions;help;help' {
            break
        }
        'gomail;runs' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Runs, newest first, with their totals')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'One run, and who did not get it')
            [CompletionResult]::new('retry', 'retry', [CompletionResultType]::ParameterValue, 'Queue a run''s failed and uncertain mails again')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'gomail;runs;list' {
            [CompletionResult]::new('--content-type', '--content-type', [CompletionResultType]::ParameterName, 'Only those of this content type')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most this many; all of them when absent')
            [CompletionResult]::new('--cursor', '--cursor', [CompletionResultType]::ParameterName, 'Begin where an earlier list ended (`next_cursor`)')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;runs;get' {
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most this many; all of them when absent')
            [CompletionResult]::new('--cursor', '--cursor', [CompletionResultType]::ParameterName, 'Begin where an earlier list ended (`next_cursor`)')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;runs;retry' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;runs;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Runs, newest first, with their totals')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'One run, and who did not get it')
            [CompletionResult]::new('retry', 'retry', [CompletionResultType]::ParameterValue, 'Queue a run''s failed and uncertain mails again')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'gomail;runs;help;list' {
            break
        }
        'gomail;runs;help;get' {
            break
        }
        'gomail;runs;help;retry' {
            break
        }
        'gomail;runs;help;help' {
            break
        }
        'gomail;suppressions' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'All suppressed addresses')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Suppress an address')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Write to an address again')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'gomail;suppressions;list' {
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most this many; all of them when absent')
            [CompletionResult]::new('--cursor', '--cursor', [CompletionResultType]::ParameterName, 'Begin where an earlier list ended (`next_cursor`)')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;suppressions;add' {
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;suppressions;remove' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;suppressions;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'All suppressed addresses')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Suppress an address')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Write to an address again')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'gomail;suppressions;help;list' {
            break
        }
        'gomail;suppressions;help;add' {
            break
        }
        'gomail;suppressions;help;remove' {
            break
        }
        'gomail;suppressions;help;help' {
            break
        }
        'gomail;outbox' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Captured mails, newest first')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Read a captured mail')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'gomail;outbox;list' {
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most this many; all of them when absent')
            [CompletionResult]::new('--cursor', '--cursor', [CompletionResultType]::ParameterName, 'Begin where an earlier list ended (`next_cursor`)')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;outbox;get' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'The mail as it would go over the wire; with --json it is there anyway')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;outbox;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Captured mails, newest first')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Read a captured mail')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'gomail;outbox;help;list' {
            break
        }
        'gomail;outbox;help;get' {
            break
        }
        'gomail;outbox;help;help' {
            break
        }
        'gomail;doctor' {
            [CompletionResult]::new('--smtp-server', '--smtp-server', [CompletionResultType]::ParameterName, 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]')
            [CompletionResult]::new('--smtp-port', '--smtp-port', [CompletionResultType]::ParameterName, 'Port of the SMTP server. [env: smtp_port] [default: 587]')
            [CompletionResult]::new('--smtp-user', '--smtp-user', [CompletionResultType]::ParameterName, 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]')
            [CompletionResult]::new('--smtp-pass', '--smtp-pass', [CompletionResultType]::ParameterName, 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]')
            [CompletionResult]::new('--smtp-tls', '--smtp-tls', [CompletionResultType]::ParameterName, 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]')
            [CompletionResult]::new('--smtp-ca', '--smtp-ca', [CompletionResultType]::ParameterName, 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]')
            [CompletionResult]::new('--smtp-timeout', '--smtp-timeout', [CompletionResultType]::ParameterName, 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]')
            [CompletionResult]::new('--smtp-data-timeout', '--smtp-data-timeout', [CompletionResultType]::ParameterName, 'Longest wait for the reply to a mail''s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]')
            [CompletionResult]::new('--redis-uri', '--redis-uri', [CompletionResultType]::ParameterName, 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]')
            [CompletionResult]::new('--durability', '--durability', [CompletionResultType]::ParameterName, 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]')
            [CompletionResult]::new('--retention', '--retention', [CompletionResultType]::ParameterName, 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]')
            [CompletionResult]::new('--public-url', '--public-url', [CompletionResultType]::ParameterName, 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]')
            [CompletionResult]::new('--max-body', '--max-body', [CompletionResultType]::ParameterName, 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]')
            [CompletionResult]::new('--auth-rate', '--auth-rate', [CompletionResultType]::ParameterName, 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]')
            [CompletionResult]::new('--unsubscribe-mailto', '--unsubscribe-mailto', [CompletionResultType]::ParameterName, 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]')
            [CompletionResult]::new('--dkim-domain', '--dkim-domain', [CompletionResultType]::ParameterName, 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]')
            [CompletionResult]::new('--dkim-selector', '--dkim-selector', [CompletionResultType]::ParameterName, 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]')
            [CompletionResult]::new('--dkim-key', '--dkim-key', [CompletionResultType]::ParameterName, 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]')
            [CompletionResult]::new('--admin-key', '--admin-key', [CompletionResultType]::ParameterName, 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]')
            [CompletionResult]::new('--registration', '--registration', [CompletionResultType]::ParameterName, 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]')
            [CompletionResult]::new('--secret-previous', '--secret-previous', [CompletionResultType]::ParameterName, 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]')
            [CompletionResult]::new('--key-ttl', '--key-ttl', [CompletionResultType]::ParameterName, 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]')
            [CompletionResult]::new('--otp-ttl', '--otp-ttl', [CompletionResultType]::ParameterName, 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]')
            [CompletionResult]::new('--otp-attempts', '--otp-attempts', [CompletionResultType]::ParameterName, 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]')
            [CompletionResult]::new('--otp-cooldown', '--otp-cooldown', [CompletionResultType]::ParameterName, 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]')
            [CompletionResult]::new('--otp-per-hour', '--otp-per-hour', [CompletionResultType]::ParameterName, 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]')
            [CompletionResult]::new('--lease', '--lease', [CompletionResultType]::ParameterName, 'A worker''s hold on a task, extended while it works; a dead worker''s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]')
            [CompletionResult]::new('--retry-base', '--retry-base', [CompletionResultType]::ParameterName, 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]')
            [CompletionResult]::new('--otp-retry-base', '--otp-retry-base', [CompletionResultType]::ParameterName, 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]')
            [CompletionResult]::new('--timezone', '--timezone', [CompletionResultType]::ParameterName, 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]')
            [CompletionResult]::new('--catch-up', '--catch-up', [CompletionResultType]::ParameterName, 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]')
            [CompletionResult]::new('--log-file', '--log-file', [CompletionResultType]::ParameterName, 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]')
            [CompletionResult]::new('--log-format', '--log-format', [CompletionResultType]::ParameterName, 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]')
            [CompletionResult]::new('--rust-log', '--rust-log', [CompletionResultType]::ParameterName, 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]')
            [CompletionResult]::new('--metrics-listen', '--metrics-listen', [CompletionResultType]::ParameterName, 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]')
            [CompletionResult]::new('--test-clock', '--test-clock', [CompletionResultType]::ParameterName, '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;config' {
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'The role that the settings are checked for')
            [CompletionResult]::new('--smtp-server', '--smtp-server', [CompletionResultType]::ParameterName, 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]')
            [CompletionResult]::new('--smtp-port', '--smtp-port', [CompletionResultType]::ParameterName, 'Port of the SMTP server. [env: smtp_port] [default: 587]')
            [CompletionResult]::new('--smtp-user', '--smtp-user', [CompletionResultType]::ParameterName, 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]')
            [CompletionResult]::new('--smtp-pass', '--smtp-pass', [CompletionResultType]::ParameterName, 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]')
            [CompletionResult]::new('--smtp-tls', '--smtp-tls', [CompletionResultType]::ParameterName, 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]')
            [CompletionResult]::new('--smtp-ca', '--smtp-ca', [CompletionResultType]::ParameterName, 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]')
            [CompletionResult]::new('--smtp-timeout', '--smtp-timeout', [CompletionResultType]::ParameterName, 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]')
            [CompletionResult]::new('--smtp-data-timeout', '--smtp-data-timeout', [CompletionResultType]::ParameterName, 'Longest wait for the reply to a mail''s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]')
            [CompletionResult]::new('--redis-uri', '--redis-uri', [CompletionResultType]::ParameterName, 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]')
            [CompletionResult]::new('--durability', '--durability', [CompletionResultType]::ParameterName, 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]')
            [CompletionResult]::new('--retention', '--retention', [CompletionResultType]::ParameterName, 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]')
            [CompletionResult]::new('--public-url', '--public-url', [CompletionResultType]::ParameterName, 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]')
            [CompletionResult]::new('--max-body', '--max-body', [CompletionResultType]::ParameterName, 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]')
            [CompletionResult]::new('--auth-rate', '--auth-rate', [CompletionResultType]::ParameterName, 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]')
            [CompletionResult]::new('--unsubscribe-mailto', '--unsubscribe-mailto', [CompletionResultType]::ParameterName, 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]')
            [CompletionResult]::new('--dkim-domain', '--dkim-domain', [CompletionResultType]::ParameterName, 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]')
            [CompletionResult]::new('--dkim-selector', '--dkim-selector', [CompletionResultType]::ParameterName, 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]')
            [CompletionResult]::new('--dkim-key', '--dkim-key', [CompletionResultType]::ParameterName, 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]')
            [CompletionResult]::new('--admin-key', '--admin-key', [CompletionResultType]::ParameterName, 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]')
            [CompletionResult]::new('--registration', '--registration', [CompletionResultType]::ParameterName, 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]')
            [CompletionResult]::new('--secret-previous', '--secret-previous', [CompletionResultType]::ParameterName, 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]')
            [CompletionResult]::new('--key-ttl', '--key-ttl', [CompletionResultType]::ParameterName, 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]')
            [CompletionResult]::new('--otp-ttl', '--otp-ttl', [CompletionResultType]::ParameterName, 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]')
            [CompletionResult]::new('--otp-attempts', '--otp-attempts', [CompletionResultType]::ParameterName, 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]')
            [CompletionResult]::new('--otp-cooldown', '--otp-cooldown', [CompletionResultType]::ParameterName, 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]')
            [CompletionResult]::new('--otp-per-hour', '--otp-per-hour', [CompletionResultType]::ParameterName, 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]')
            [CompletionResult]::new('--lease', '--lease', [CompletionResultType]::ParameterName, 'A worker''s hold on a task, extended while it works; a dead worker''s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]')
            [CompletionResult]::new('--retry-base', '--retry-base', [CompletionResultType]::ParameterName, 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]')
            [CompletionResult]::new('--otp-retry-base', '--otp-retry-base', [CompletionResultType]::ParameterName, 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]')
            [CompletionResult]::new('--retry-max', '--retry-max', [CompletionResultType]::ParameterName, 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]')
            [CompletionResult]::new('--timezone', '--timezone', [CompletionResultType]::ParameterName, 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]')
            [CompletionResult]::new('--catch-up', '--catch-up', [CompletionResultType]::ParameterName, 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]')
            [CompletionResult]::new('--log-file', '--log-file', [CompletionResultType]::ParameterName, 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]')
            [CompletionResult]::new('--log-format', '--log-format', [CompletionResultType]::ParameterName, 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]')
            [CompletionResult]::new('--rust-log', '--rust-log', [CompletionResultType]::ParameterName, 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]')
            [CompletionResult]::new('--metrics-listen', '--metrics-listen', [CompletionResultType]::ParameterName, 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]')
            [CompletionResult]::new('--test-clock', '--test-clock', [CompletionResultType]::ParameterName, '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--example', '--example', [CompletionResultType]::ParameterName, 'Print an example `.env` with every setting instead')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'gomail;completions' {
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'JSON for programs: the API''s own fields; errors too, on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'gomail;help' {
            [CompletionResult]::new('up', 'up', [CompletionResultType]::ParameterValue, 'Run all roles in one process')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run the HTTP API')
            [CompletionResult]::new('worker', 'worker', [CompletionResultType]::ParameterValue, 'Run a worker, which delivers what is queued')
            [CompletionResult]::new('scheduler', 'scheduler', [CompletionResultType]::ParameterValue, 'Run the scheduler, which sends newsletters when their time comes')
            [CompletionResult]::new('register', 'register', [CompletionResultType]::ParameterValue, 'Sign up, and keep the key for this server')
            [CompletionResult]::new('deregister', 'deregister', [CompletionResultType]::ParameterValue, 'End an account''s access at once, and forget its key. What waits is still sent')
            [CompletionResult]::new('send', 'send', [CompletionResultType]::ParameterValue, 'Send a message, a one-time code, or a change of subscription')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check a one-time code; it works once')
            [CompletionResult]::new('content', 'content', [CompletionResultType]::ParameterValue, 'Newsletter templates')
            [CompletionResult]::new('metrics', 'metrics', [CompletionResultType]::ParameterValue, 'What was done and what waits')
            [CompletionResult]::new('task', 'task', [CompletionResultType]::ParameterValue, 'Tasks: list, look at, retry, cancel')
            [CompletionResult]::new('subscriptions', 'subscriptions', [CompletionResultType]::ParameterValue, 'Who is subscribed to what')
            [CompletionResult]::new('runs', 'runs', [CompletionResultType]::ParameterValue, 'Newsletter runs, and who did not get one')
            [CompletionResult]::new('suppressions', 'suppressions', [CompletionResultType]::ParameterValue, 'Addresses that must not be written to')
            [CompletionResult]::new('outbox', 'outbox', [CompletionResultType]::ParameterValue, 'Mails that a development machine captured instead of sending')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check settings, store, service, key and relay')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show the settings in force and where each came from')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completions of a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'gomail;help;up' {
            break
        }
        'gomail;help;serve' {
            break
        }
        'gomail;help;worker' {
            break
        }
        'gomail;help;scheduler' {
            break
        }
        'gomail;help;register' {
            break
        }
        'gomail;help;deregister' {
            break
        }
        'gomail;help;send' {
            [CompletionResult]::new('message', 'message', [CompletionResultType]::ParameterValue, 'A message; the same as without this word')
            [CompletionResult]::new('otp', 'otp', [CompletionResultType]::ParameterValue, 'A one-time code')
            [CompletionResult]::new('subscribe', 'subscribe', [CompletionResultType]::ParameterValue, 'Subscribe to a newsletter')
            [CompletionResult]::new('unsubscribe', 'unsubscribe', [CompletionResultType]::ParameterValue, 'Unsubscribe from a newsletter')
            break
        }
        'gomail;help;send;message' {
            break
        }
        'gomail;help;send;otp' {
            break
        }
        'gomail;help;send;subscribe' {
            break
        }
        'gomail;help;send;unsubscribe' {
            break
        }
        'gomail;help;verify' {
            break
        }
        'gomail;help;content' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a content type')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Replace a content type''s subject and content')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'All content types')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'One content type')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a content type')
            [CompletionResult]::new('preview', 'preview', [CompletionResultType]::ParameterValue, 'Show what a subscriber would read; without the unsubscribe line, which is added when it is sent')
            break
        }
        'gomail;help;content;create' {
            break
        }
        'gomail;help;content;update' {
            break
        }
        'gomail;help;content;list' {
            break
        }
        'gomail;help;content;get' {
            break
        }
        'gomail;help;content;delete' {
            break
        }
        'gomail;help;content;preview' {
            break
        }
        'gomail;help;metrics' {
            break
        }
        'gomail;help;task' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Tasks, newest first')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'One task, with every attempt')
            [CompletionResult]::new('retry', 'retry', [CompletionResultType]::ParameterValue, 'Put a failed or uncertain task back')
            [CompletionResult]::new('cancel', 'cancel', [CompletionResultType]::ParameterValue, 'Cancel a task that has not begun')
            break
        }
        'gomail;help;task;list' {
            break
        }
        'gomail;help;task;get' {
            break
        }
        'gomail;help;task;retry' {
            break
        }
        'gomail;help;task;cancel' {
            break
        }
        'gomail;help;subscriptions' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Subscriptions in force')
            break
        }
        'gomail;help;subscriptions;list' {
            break
        }
        'gomail;help;runs' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Runs, newest first, with their totals')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'One run, and who did not get it')
            [CompletionResult]::new('retry', 'retry', [CompletionResultType]::ParameterValue, 'Queue a run''s failed and uncertain mails again')
            break
        }
        'gomail;help;runs;list' {
            break
        }
        'gomail;help;runs;get' {
            break
        }
        'gomail;help;runs;retry' {
            break
        }
        'gomail;help;suppressions' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'All suppressed addresses')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Suppress an address')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Write to an address again')
            break
        }
        'gomail;help;suppressions;list' {
            break
        }
        'gomail;help;suppressions;add' {
            break
        }
        'gomail;help;suppressions;remove' {
            break
        }
        'gomail;help;outbox' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Captured mails, newest first')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Read a captured mail')
            break
        }
        'gomail;help;outbox;list' {
            break
        }
        'gomail;help;outbox;get' {
            break
        }
        'gomail;help;doctor' {
            break
        }
        'gomail;help;config' {
            break
        }
        'gomail;help;completions' {
            break
        }
        'gomail;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
