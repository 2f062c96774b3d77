# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_gomail_global_optspecs
    string join \n json server= api-key-file= h/help V/version
end

function __fish_gomail_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_gomail_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_gomail_using_subcommand
    set -l cmd (__fish_gomail_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c gomail -n "__fish_gomail_needs_command" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_needs_command" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_needs_command" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_needs_command" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_needs_command" -s V -l version -d 'Print version'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "up" -d 'Run all roles in one process'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "serve" -d 'Run the HTTP API'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "worker" -d 'Run a worker, which delivers what is queued'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "scheduler" -d 'Run the scheduler, which sends newsletters when their time comes'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "register" -d 'Sign up, and keep the key for this server'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "deregister" -d 'End an account\'s access at once, and forget its key. What waits is still sent'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "send" -d 'Send a message, a one-time code, or a change of subscription'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "verify" -d 'Check a one-time code; it works once'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "content" -d 'Newsletter templates'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "metrics" -d 'What was done and what waits'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "task" -d 'Tasks: list, look at, retry, cancel'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "subscriptions" -d 'Who is subscribed to what'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "runs" -d 'Newsletter runs, and who did not get one'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "suppressions" -d 'Addresses that must not be written to'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "outbox" -d 'Mails that a development machine captured instead of sending'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "doctor" -d 'Check settings, store, service, key and relay'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "config" -d 'Show the settings in force and where each came from'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "completions" -d 'Print the completions of a shell'
complete -c gomail -n "__fish_gomail_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gomail -n "__fish_gomail_using_subcommand up" -l smtp-server -d 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l smtp-port -d 'Port of the SMTP server. [env: smtp_port] [default: 587]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l smtp-user -d 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l smtp-pass -d 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l smtp-tls -d 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l smtp-ca -d 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l smtp-timeout -d 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l smtp-data-timeout -d 'Longest wait for the reply to a mail\'s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l redis-uri -d 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l data -d 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l namespace -d 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l durability -d 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l retention -d 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l listen -d 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l public-url -d 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l max-body -d 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l rate-limit -d 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l auth-rate -d 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l from -d 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l unsubscribe-mailto -d 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l dkim-domain -d 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l dkim-selector -d 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l dkim-key -d 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l admin-key -d 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l registration -d 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l secret -d 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l secret-previous -d 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l key-ttl -d 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l otp-ttl -d 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l otp-attempts -d 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l otp-cooldown -d 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l otp-per-hour -d 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l concurrency -d 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l lease -d 'A worker\'s hold on a task, extended while it works; a dead worker\'s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l retry-base -d 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l otp-retry-base -d 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l retry-max -d 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l max-age -d 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l timezone -d 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l catch-up -d 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l log-file -d 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l log-format -d 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l rust-log -d 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l metrics-listen -d 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l test-clock -d '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand up" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand up" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand up" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l smtp-server -d 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l smtp-port -d 'Port of the SMTP server. [env: smtp_port] [default: 587]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l smtp-user -d 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l smtp-pass -d 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l smtp-tls -d 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l smtp-ca -d 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l smtp-timeout -d 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l smtp-data-timeout -d 'Longest wait for the reply to a mail\'s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l redis-uri -d 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l data -d 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l namespace -d 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l durability -d 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l retention -d 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l listen -d 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l public-url -d 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l max-body -d 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l rate-limit -d 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l auth-rate -d 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l from -d 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l unsubscribe-mailto -d 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l dkim-domain -d 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l dkim-selector -d 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l dkim-key -d 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l admin-key -d 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l registration -d 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l secret -d 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l secret-previous -d 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l key-ttl -d 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l otp-ttl -d 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l otp-attempts -d 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l otp-cooldown -d 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l otp-per-hour -d 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l concurrency -d 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l lease -d 'A worker\'s hold on a task, extended while it works; a dead worker\'s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l retry-base -d 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l otp-retry-base -d 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l retry-max -d 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l max-age -d 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l timezone -d 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l catch-up -d 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l log-file -d 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l log-format -d 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l rust-log -d 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l metrics-listen -d 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l test-clock -d '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand serve" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand serve" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l smtp-server -d 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l smtp-port -d 'Port of the SMTP server. [env: smtp_port] [default: 587]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l smtp-user -d 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l smtp-pass -d 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l smtp-tls -d 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l smtp-ca -d 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l smtp-timeout -d 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l smtp-data-timeout -d 'Longest wait for the reply to a mail\'s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l redis-uri -d 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l data -d 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l namespace -d 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l durability -d 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l retention -d 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l listen -d 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l public-url -d 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l max-body -d 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l rate-limit -d 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l auth-rate -d 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l from -d 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l unsubscribe-mailto -d 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l dkim-domain -d 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l dkim-selector -d 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l dkim-key -d 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l admin-key -d 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l registration -d 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l secret -d 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l secret-previous -d 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l key-ttl -d 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l otp-ttl -d 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l otp-attempts -d 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l otp-cooldown -d 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l otp-per-hour -d 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l concurrency -d 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l lease -d 'A worker\'s hold on a task, extended while it works; a dead worker\'s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l retry-base -d 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l otp-retry-base -d 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l retry-max -d 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l max-age -d 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l timezone -d 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l catch-up -d 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l log-file -d 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l log-format -d 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l rust-log -d 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l metrics-listen -d 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l test-clock -d '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l until-empty -d 'End when nothing is queued or running'
complete -c gomail -n "__fish_gomail_using_subcommand worker" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand worker" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l smtp-server -d 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l smtp-port -d 'Port of the SMTP server. [env: smtp_port] [default: 587]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l smtp-user -d 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l smtp-pass -d 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l smtp-tls -d 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l smtp-ca -d 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l smtp-timeout -d 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l smtp-data-timeout -d 'Longest wait for the reply to a mail\'s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l redis-uri -d 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l data -d 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l namespace -d 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l durability -d 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l retention -d 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l listen -d 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l public-url -d 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l max-body -d 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l rate-limit -d 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l auth-rate -d 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l from -d 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l unsubscribe-mailto -d 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l dkim-domain -d 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l dkim-selector -d 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l dkim-key -d 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l admin-key -d 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l registration -d 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l secret -d 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l secret-previous -d 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l key-ttl -d 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l otp-ttl -d 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l otp-attempts -d 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l otp-cooldown -d 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l otp-per-hour -d 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l concurrency -d 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l lease -d 'A worker\'s hold on a task, extended while it works; a dead worker\'s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l retry-base -d 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l otp-retry-base -d 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l retry-max -d 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l max-age -d 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l timezone -d 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l catch-up -d 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l log-file -d 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l log-format -d 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l rust-log -d 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l metrics-listen -d 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l test-clock -d '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand scheduler" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand register" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand register" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand register" -l no-save -d 'Print the key and keep none: for an application'
complete -c gomail -n "__fish_gomail_using_subcommand register" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand register" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand deregister" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand deregister" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand deregister" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand deregister" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l to -d 'The recipient; may be repeated' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l csv -d 'Send to every row of a CSV file (`-`: standard input). First line: column names. The recipient is in the first of to, email, userId, recipient that is there; names of payload fields set those; any other column is a variable of a message\'s templates' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l jsonl -d 'Send every line of a JSON Lines file (`-`: standard input): whole tasks as the API takes them, which get from the other options what they lack, or objects with the columns of --csv' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l subject -d 'The subject' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l content -d 'The body: HTML if it holds markup, else text; `-` is standard input' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l file -d 'File with the body; `-` is standard input' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l format -d 'How to read the body, whatever it holds' -r -f -a "html\t''
text\t''"
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l text -d 'The text part, instead of one made from the HTML' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l text-file -d 'File with the text part' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l from-name -d 'Display name of the sender' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l reply-to -d 'Where answers go' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l header -d 'A header such as \'X-Order: 17\'; may be repeated' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l attach -d 'A file to attach; may be repeated' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l var -d 'A variable, which makes subject and body templates; may be repeated' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l tag -d 'A label to find the task by; may be repeated' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l at -d 'Send later: an RFC 3339 time, or a duration from now such as 2h (not with --idempotency-key: a repeated command would name another time)' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l name -d 'Your name for the task' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l retries -d 'Tries after the first, 0 to 20 [default: 3]' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l wait-timeout -d 'How long to wait at most [default: 5m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l idempotency-key -d 'Repeating a command with the same key sends once. Each chunk of a file has a key made of it' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l wait -d 'Wait until every task has ended; fail if one did not succeed'
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l dry-run -d 'Print what would be posted, and post nothing'
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -a "message" -d 'A message; the same as without this word'
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -a "otp" -d 'A one-time code'
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -a "subscribe" -d 'Subscribe to a newsletter'
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -a "unsubscribe" -d 'Unsubscribe from a newsletter'
complete -c gomail -n "__fish_gomail_using_subcommand send; and not __fish_seen_subcommand_from message otp subscribe unsubscribe help" -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l to -d 'The recipient; may be repeated' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l csv -d 'Send to every row of a CSV file (`-`: standard input). First line: column names. The recipient is in the first of to, email, userId, recipient that is there; names of payload fields set those; any other column is a variable of a message\'s templates' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l jsonl -d 'Send every line of a JSON Lines file (`-`: standard input): whole tasks as the API takes them, which get from the other options what they lack, or objects with the columns of --csv' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l subject -d 'The subject' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l content -d 'The body: HTML if it holds markup, else text; `-` is standard input' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l file -d 'File with the body; `-` is standard input' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l format -d 'How to read the body, whatever it holds' -r -f -a "html\t''
text\t''"
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l text -d 'The text part, instead of one made from the HTML' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l text-file -d 'File with the text part' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l from-name -d 'Display name of the sender' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l reply-to -d 'Where answers go' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l header -d 'A header such as \'X-Order: 17\'; may be repeated' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l attach -d 'A file to attach; may be repeated' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l var -d 'A variable, which makes subject and body templates; may be repeated' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l tag -d 'A label to find the task by; may be repeated' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l at -d 'Send later: an RFC 3339 time, or a duration from now such as 2h (not with --idempotency-key: a repeated command would name another time)' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l name -d 'Your name for the task' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l retries -d 'Tries after the first, 0 to 20 [default: 3]' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l wait-timeout -d 'How long to wait at most [default: 5m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l idempotency-key -d 'Repeating a command with the same key sends once. Each chunk of a file has a key made of it' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l wait -d 'Wait until every task has ended; fail if one did not succeed'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l dry-run -d 'Print what would be posted, and post nothing'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from message" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l to -d 'The recipient; may be repeated' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l csv -d 'Send to every row of a CSV file (`-`: standard input). First line: column names. The recipient is in the first of to, email, userId, recipient that is there; names of payload fields set those; any other column is a variable of a message\'s templates' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l jsonl -d 'Send every line of a JSON Lines file (`-`: standard input): whole tasks as the API takes them, which get from the other options what they lack, or objects with the columns of --csv' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l length -d 'How many digits, 4 to 8' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l purpose -d 'What the code is for; codes of different purposes never meet' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l subject -d 'Your own subject; needs a body with {{ otp }}' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l content -d 'The body: HTML if it holds markup, else text; `-` is standard input' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l file -d 'File with the body; `-` is standard input' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l name -d 'Your name for the task' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l retries -d 'Tries after the first, 0 to 20 [default: 3]' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l wait-timeout -d 'How long to wait at most [default: 5m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l idempotency-key -d 'Repeating a command with the same key sends once. Each chunk of a file has a key made of it' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l wait -d 'Wait until every task has ended; fail if one did not succeed'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l dry-run -d 'Print what would be posted, and post nothing'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from otp" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l to -d 'The recipient; may be repeated' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l csv -d 'Send to every row of a CSV file (`-`: standard input). First line: column names. The recipient is in the first of to, email, userId, recipient that is there; names of payload fields set those; any other column is a variable of a message\'s templates' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l jsonl -d 'Send every line of a JSON Lines file (`-`: standard input): whole tasks as the API takes them, which get from the other options what they lack, or objects with the columns of --csv' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l content-type -d 'The newsletter' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l frequency -d 'How often' -r -f -a "@hourly\t''
@daily\t''
@weekly\t''
@monthly\t''"
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l subject -d 'Subject template; with a body, creates the content type if it is missing' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l content -d 'The body: HTML if it holds markup, else text; `-` is standard input' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l file -d 'File with the body; `-` is standard input' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l name -d 'Your name for the task' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l retries -d 'Tries after the first, 0 to 20 [default: 3]' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l wait-timeout -d 'How long to wait at most [default: 5m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l idempotency-key -d 'Repeating a command with the same key sends once. Each chunk of a file has a key made of it' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l wait -d 'Wait until every task has ended; fail if one did not succeed'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l dry-run -d 'Print what would be posted, and post nothing'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from subscribe" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from unsubscribe" -l to -d 'The recipient; may be repeated' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from unsubscribe" -l csv -d 'Send to every row of a CSV file (`-`: standard input). First line: column names. The recipient is in the first of to, email, userId, recipient that is there; names of payload fields set those; any other column is a variable of a message\'s templates' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from unsubscribe" -l jsonl -d 'Send every line of a JSON Lines file (`-`: standard input): whole tasks as the API takes them, which get from the other options what they lack, or objects with the columns of --csv' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from unsubscribe" -l content-type -d 'The newsletter' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from unsubscribe" -l name -d 'Your name for the task' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from unsubscribe" -l retries -d 'Tries after the first, 0 to 20 [default: 3]' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from unsubscribe" -l wait-timeout -d 'How long to wait at most [default: 5m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from unsubscribe" -l idempotency-key -d 'Repeating a command with the same key sends once. Each chunk of a file has a key made of it' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from unsubscribe" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from unsubscribe" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from unsubscribe" -l wait -d 'Wait until every task has ended; fail if one did not succeed'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from unsubscribe" -l dry-run -d 'Print what would be posted, and post nothing'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from unsubscribe" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from unsubscribe" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from help" -f -a "message" -d 'A message; the same as without this word'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from help" -f -a "otp" -d 'A one-time code'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from help" -f -a "subscribe" -d 'Subscribe to a newsletter'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from help" -f -a "unsubscribe" -d 'Unsubscribe from a newsletter'
complete -c gomail -n "__fish_gomail_using_subcommand send; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gomail -n "__fish_gomail_using_subcommand verify" -l purpose -d 'What the code is for, as it was asked for' -r
complete -c gomail -n "__fish_gomail_using_subcommand verify" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand verify" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand verify" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand verify" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand content; and not __fish_seen_subcommand_from create update list get delete preview help" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand content; and not __fish_seen_subcommand_from create update list get delete preview help" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand content; and not __fish_seen_subcommand_from create update list get delete preview help" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand content; and not __fish_seen_subcommand_from create update list get delete preview help" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand content; and not __fish_seen_subcommand_from create update list get delete preview help" -f -a "create" -d 'Create a content type'
complete -c gomail -n "__fish_gomail_using_subcommand content; and not __fish_seen_subcommand_from create update list get delete preview help" -f -a "update" -d 'Replace a content type\'s subject and content'
complete -c gomail -n "__fish_gomail_using_subcommand content; and not __fish_seen_subcommand_from create update list get delete preview help" -f -a "list" -d 'All content types'
complete -c gomail -n "__fish_gomail_using_subcommand content; and not __fish_seen_subcommand_from create update list get delete preview help" -f -a "get" -d 'One content type'
complete -c gomail -n "__fish_gomail_using_subcommand content; and not __fish_seen_subcommand_from create update list get delete preview help" -f -a "delete" -d 'Delete a content type'
complete -c gomail -n "__fish_gomail_using_subcommand content; and not __fish_seen_subcommand_from create update list get delete preview help" -f -a "preview" -d 'Show what a subscriber would read; without the unsubscribe line, which is added when it is sent'
complete -c gomail -n "__fish_gomail_using_subcommand content; and not __fish_seen_subcommand_from create update list get delete preview help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from create" -l subject -d 'Subject template' -r
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from create" -l content -d 'The body: HTML if it holds markup, else text; `-` is standard input' -r
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from create" -l file -d 'File with the body; `-` is standard input' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from create" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from create" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from create" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from update" -l subject -d 'Subject template' -r
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from update" -l content -d 'The body: HTML if it holds markup, else text; `-` is standard input' -r
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from update" -l file -d 'File with the body; `-` is standard input' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from update" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from update" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from update" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from list" -l limit -d 'At most this many; all of them when absent' -r
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from list" -l cursor -d 'Begin where an earlier list ended (`next_cursor`)' -r
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from list" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from list" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from list" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from get" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from get" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from get" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from delete" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from delete" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from delete" -l force -d 'Even while there are subscriptions; they end'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from delete" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from preview" -l var -d 'A variable of the template; may be repeated' -r
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from preview" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from preview" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from preview" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from preview" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from help" -f -a "create" -d 'Create a content type'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from help" -f -a "update" -d 'Replace a content type\'s subject and content'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from help" -f -a "list" -d 'All content types'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from help" -f -a "get" -d 'One content type'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete a content type'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from help" -f -a "preview" -d 'Show what a subscriber would read; without the unsubscribe line, which is added when it is sent'
complete -c gomail -n "__fish_gomail_using_subcommand content; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gomail -n "__fish_gomail_using_subcommand metrics" -l interval -d 'How often, with --watch' -r
complete -c gomail -n "__fish_gomail_using_subcommand metrics" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand metrics" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand metrics" -l watch -d 'Show them again and again'
complete -c gomail -n "__fish_gomail_using_subcommand metrics" -l prometheus -d 'The text that Prometheus reads'
complete -c gomail -n "__fish_gomail_using_subcommand metrics" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand metrics" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand task; and not __fish_seen_subcommand_from list get retry cancel help" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand task; and not __fish_seen_subcommand_from list get retry cancel help" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand task; and not __fish_seen_subcommand_from list get retry cancel help" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand task; and not __fish_seen_subcommand_from list get retry cancel help" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand task; and not __fish_seen_subcommand_from list get retry cancel help" -f -a "list" -d 'Tasks, newest first'
complete -c gomail -n "__fish_gomail_using_subcommand task; and not __fish_seen_subcommand_from list get retry cancel help" -f -a "get" -d 'One task, with every attempt'
complete -c gomail -n "__fish_gomail_using_subcommand task; and not __fish_seen_subcommand_from list get retry cancel help" -f -a "retry" -d 'Put a failed or uncertain task back'
complete -c gomail -n "__fish_gomail_using_subcommand task; and not __fish_seen_subcommand_from list get retry cancel help" -f -a "cancel" -d 'Cancel a task that has not begun'
complete -c gomail -n "__fish_gomail_using_subcommand task; and not __fish_seen_subcommand_from list get retry cancel help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from list" -l state -d 'Only those in this state' -r -f -a "scheduled\t''
queued\t''
running\t''
retrying\t''
succeeded\t''
failed\t''
skipped\t''
cancelled\t''
uncertain\t''"
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from list" -l type -d 'Only those of this type' -r -f -a "message\t''
generateOtp\t''
subscribe\t''
unsubscribe\t''
newsletter\t''"
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from list" -l to -d 'Only those for this recipient' -r
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from list" -l tag -d 'Only those with this tag' -r
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from list" -l limit -d 'At most this many; all of them when absent' -r
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from list" -l cursor -d 'Begin where an earlier list ended (`next_cursor`)' -r
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from list" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from list" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from list" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from get" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from get" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from get" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from retry" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from retry" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from retry" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from retry" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from cancel" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from cancel" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from cancel" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from help" -f -a "list" -d 'Tasks, newest first'
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from help" -f -a "get" -d 'One task, with every attempt'
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from help" -f -a "retry" -d 'Put a failed or uncertain task back'
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from help" -f -a "cancel" -d 'Cancel a task that has not begun'
complete -c gomail -n "__fish_gomail_using_subcommand task; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gomail -n "__fish_gomail_using_subcommand subscriptions; and not __fish_seen_subcommand_from list help" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand subscriptions; and not __fish_seen_subcommand_from list help" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand subscriptions; and not __fish_seen_subcommand_from list help" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand subscriptions; and not __fish_seen_subcommand_from list help" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand subscriptions; and not __fish_seen_subcommand_from list help" -f -a "list" -d 'Subscriptions in force'
complete -c gomail -n "__fish_gomail_using_subcommand subscriptions; and not __fish_seen_subcommand_from list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gomail -n "__fish_gomail_using_subcommand subscriptions; and __fish_seen_subcommand_from list" -l content-type -d 'Only those to this content type' -r
complete -c gomail -n "__fish_gomail_using_subcommand subscriptions; and __fish_seen_subcommand_from list" -l to -d 'Only those of this recipient' -r
complete -c gomail -n "__fish_gomail_using_subcommand subscriptions; and __fish_seen_subcommand_from list" -l limit -d 'At most this many; all of them when absent' -r
complete -c gomail -n "__fish_gomail_using_subcommand subscriptions; and __fish_seen_subcommand_from list" -l cursor -d 'Begin where an earlier list ended (`next_cursor`)' -r
complete -c gomail -n "__fish_gomail_using_subcommand subscriptions; and __fish_seen_subcommand_from list" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand subscriptions; and __fish_seen_subcommand_from list" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand subscriptions; and __fish_seen_subcommand_from list" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand subscriptions; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand subscriptions; and __fish_seen_subcommand_from help" -f -a "list" -d 'Subscriptions in force'
complete -c gomail -n "__fish_gomail_using_subcommand subscriptions; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gomail -n "__fish_gomail_using_subcommand runs; and not __fish_seen_subcommand_from list get retry help" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand runs; and not __fish_seen_subcommand_from list get retry help" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand runs; and not __fish_seen_subcommand_from list get retry help" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand runs; and not __fish_seen_subcommand_from list get retry help" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand runs; and not __fish_seen_subcommand_from list get retry help" -f -a "list" -d 'Runs, newest first, with their totals'
complete -c gomail -n "__fish_gomail_using_subcommand runs; and not __fish_seen_subcommand_from list get retry help" -f -a "get" -d 'One run, and who did not get it'
complete -c gomail -n "__fish_gomail_using_subcommand runs; and not __fish_seen_subcommand_from list get retry help" -f -a "retry" -d 'Queue a run\'s failed and uncertain mails again'
complete -c gomail -n "__fish_gomail_using_subcommand runs; and not __fish_seen_subcommand_from list get retry help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from list" -l content-type -d 'Only those of this content type' -r
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from list" -l limit -d 'At most this many; all of them when absent' -r
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from list" -l cursor -d 'Begin where an earlier list ended (`next_cursor`)' -r
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from list" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from list" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from list" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from get" -l limit -d 'At most this many; all of them when absent' -r
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from get" -l cursor -d 'Begin where an earlier list ended (`next_cursor`)' -r
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from get" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from get" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from get" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from retry" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from retry" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from retry" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from retry" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from help" -f -a "list" -d 'Runs, newest first, with their totals'
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from help" -f -a "get" -d 'One run, and who did not get it'
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from help" -f -a "retry" -d 'Queue a run\'s failed and uncertain mails again'
complete -c gomail -n "__fish_gomail_using_subcommand runs; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and not __fish_seen_subcommand_from list add remove help" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and not __fish_seen_subcommand_from list add remove help" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and not __fish_seen_subcommand_from list add remove help" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and not __fish_seen_subcommand_from list add remove help" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and not __fish_seen_subcommand_from list add remove help" -f -a "list" -d 'All suppressed addresses'
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and not __fish_seen_subcommand_from list add remove help" -f -a "add" -d 'Suppress an address'
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and not __fish_seen_subcommand_from list add remove help" -f -a "remove" -d 'Write to an address again'
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and not __fish_seen_subcommand_from list add remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from list" -l limit -d 'At most this many; all of them when absent' -r
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from list" -l cursor -d 'Begin where an earlier list ended (`next_cursor`)' -r
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from list" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from list" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from list" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from add" -l reason -d 'Why' -r
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from add" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from add" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from add" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from remove" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from remove" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from remove" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from help" -f -a "list" -d 'All suppressed addresses'
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from help" -f -a "add" -d 'Suppress an address'
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Write to an address again'
complete -c gomail -n "__fish_gomail_using_subcommand suppressions; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and not __fish_seen_subcommand_from list get help" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and not __fish_seen_subcommand_from list get help" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and not __fish_seen_subcommand_from list get help" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and not __fish_seen_subcommand_from list get help" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and not __fish_seen_subcommand_from list get help" -f -a "list" -d 'Captured mails, newest first'
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and not __fish_seen_subcommand_from list get help" -f -a "get" -d 'Read a captured mail'
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and not __fish_seen_subcommand_from list get help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and __fish_seen_subcommand_from list" -l limit -d 'At most this many; all of them when absent' -r
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and __fish_seen_subcommand_from list" -l cursor -d 'Begin where an earlier list ended (`next_cursor`)' -r
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and __fish_seen_subcommand_from list" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and __fish_seen_subcommand_from list" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and __fish_seen_subcommand_from list" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and __fish_seen_subcommand_from get" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and __fish_seen_subcommand_from get" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and __fish_seen_subcommand_from get" -l raw -d 'The mail as it would go over the wire; with --json it is there anyway'
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and __fish_seen_subcommand_from get" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and __fish_seen_subcommand_from help" -f -a "list" -d 'Captured mails, newest first'
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and __fish_seen_subcommand_from help" -f -a "get" -d 'Read a captured mail'
complete -c gomail -n "__fish_gomail_using_subcommand outbox; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l smtp-server -d 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l smtp-port -d 'Port of the SMTP server. [env: smtp_port] [default: 587]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l smtp-user -d 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l smtp-pass -d 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l smtp-tls -d 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l smtp-ca -d 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l smtp-timeout -d 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l smtp-data-timeout -d 'Longest wait for the reply to a mail\'s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l redis-uri -d 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l data -d 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l namespace -d 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l durability -d 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l retention -d 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l listen -d 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l public-url -d 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l max-body -d 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l rate-limit -d 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l auth-rate -d 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l from -d 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l unsubscribe-mailto -d 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l dkim-domain -d 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l dkim-selector -d 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l dkim-key -d 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l admin-key -d 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l registration -d 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l secret -d 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l secret-previous -d 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l key-ttl -d 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l otp-ttl -d 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l otp-attempts -d 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l otp-cooldown -d 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l otp-per-hour -d 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l concurrency -d 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l lease -d 'A worker\'s hold on a task, extended while it works; a dead worker\'s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l retry-base -d 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l otp-retry-base -d 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l retry-max -d 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l max-age -d 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l timezone -d 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l catch-up -d 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l log-file -d 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l log-format -d 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l rust-log -d 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l metrics-listen -d 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l test-clock -d '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand config" -l role -d 'The role that the settings are checked for' -r -f -a "up\t'All roles in one process'
serve\t'The API'
worker\t'A worker'
scheduler\t'The scheduler'"
complete -c gomail -n "__fish_gomail_using_subcommand config" -l smtp-server -d 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l smtp-port -d 'Port of the SMTP server. [env: smtp_port] [default: 587]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l smtp-user -d 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l smtp-pass -d 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l smtp-tls -d 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l smtp-ca -d 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l smtp-timeout -d 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l smtp-data-timeout -d 'Longest wait for the reply to a mail\'s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l redis-uri -d 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l data -d 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l namespace -d 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l durability -d 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l retention -d 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l listen -d 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l public-url -d 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l max-body -d 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l rate-limit -d 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l auth-rate -d 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l from -d 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l unsubscribe-mailto -d 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l dkim-domain -d 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l dkim-selector -d 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l dkim-key -d 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l admin-key -d 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l registration -d 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l secret -d 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l secret-previous -d 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l key-ttl -d 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l otp-ttl -d 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l otp-attempts -d 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l otp-cooldown -d 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l otp-per-hour -d 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l concurrency -d 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l lease -d 'A worker\'s hold on a task, extended while it works; a dead worker\'s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l retry-base -d 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l otp-retry-base -d 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l retry-max -d 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l max-age -d 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l timezone -d 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l catch-up -d 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l log-file -d 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l log-format -d 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l rust-log -d 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l metrics-listen -d 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l test-clock -d '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand config" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand config" -l example -d 'Print an example `.env` with every setting instead'
complete -c gomail -n "__fish_gomail_using_subcommand config" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand config" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c gomail -n "__fish_gomail_using_subcommand completions" -l server -d 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]' -r
complete -c gomail -n "__fish_gomail_using_subcommand completions" -l api-key-file -d 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]' -r -F
complete -c gomail -n "__fish_gomail_using_subcommand completions" -l json -d 'JSON for programs: the API\'s own fields; errors too, on standard error'
complete -c gomail -n "__fish_gomail_using_subcommand completions" -s h -l help -d 'Print help'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "up" -d 'Run all roles in one process'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "serve" -d 'Run the HTTP API'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "worker" -d 'Run a worker, which delivers what is queued'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "scheduler" -d 'Run the scheduler, which sends newsletters when their time comes'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "register" -d 'Sign up, and keep the key for this server'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "deregister" -d 'End an account\'s access at once, and forget its key. What waits is still sent'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "send" -d 'Send a message, a one-time code, or a change of subscription'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "verify" -d 'Check a one-time code; it works once'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "content" -d 'Newsletter templates'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "metrics" -d 'What was done and what waits'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "task" -d 'Tasks: list, look at, retry, cancel'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "subscriptions" -d 'Who is subscribed to what'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "runs" -d 'Newsletter runs, and who did not get one'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "suppressions" -d 'Addresses that must not be written to'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "outbox" -d 'Mails that a development machine captured instead of sending'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "doctor" -d 'Check settings, store, service, key and relay'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "config" -d 'Show the settings in force and where each came from'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "completions" -d 'Print the completions of a shell'
complete -c gomail -n "__fish_gomail_using_subcommand help; and not __fish_seen_subcommand_from up serve worker scheduler register deregister send verify content metrics task subscriptions runs suppressions outbox doctor config completions help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from send" -f -a "message" -d 'A message; the same as without this word'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from send" -f -a "otp" -d 'A one-time code'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from send" -f -a "subscribe" -d 'Subscribe to a newsletter'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from send" -f -a "unsubscribe" -d 'Unsubscribe from a newsletter'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from content" -f -a "create" -d 'Create a content type'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from content" -f -a "update" -d 'Replace a content type\'s subject and content'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from content" -f -a "list" -d 'All content types'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from content" -f -a "get" -d 'One content type'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from content" -f -a "delete" -d 'Delete a content type'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from content" -f -a "preview" -d 'Show what a subscriber would read; without the unsubscribe line, which is added when it is sent'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from task" -f -a "list" -d 'Tasks, newest first'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from task" -f -a "get" -d 'One task, with every attempt'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from task" -f -a "retry" -d 'Put a failed or uncertain task back'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from task" -f -a "cancel" -d 'Cancel a task that has not begun'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from subscriptions" -f -a "list" -d 'Subscriptions in force'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from runs" -f -a "list" -d 'Runs, newest first, with their totals'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from runs" -f -a "get" -d 'One run, and who did not get it'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from runs" -f -a "retry" -d 'Queue a run\'s failed and uncertain mails again'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from suppressions" -f -a "list" -d 'All suppressed addresses'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from suppressions" -f -a "add" -d 'Suppress an address'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from suppressions" -f -a "remove" -d 'Write to an address again'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from outbox" -f -a "list" -d 'Captured mails, newest first'
complete -c gomail -n "__fish_gomail_using_subcommand help; and __fish_seen_subcommand_from outbox" -f -a "get" -d 'Read a captured mail'
