
use builtin;
use str;

set edit:completion:arg-completer[gomail] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'gomail'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'gomail'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand up 'Run all roles in one process'
            cand serve 'Run the HTTP API'
            cand worker 'Run a worker, which delivers what is queued'
            cand scheduler 'Run the scheduler, which sends newsletters when their time comes'
            cand register 'Sign up, and keep the key for this server'
            cand deregister 'End an account''s access at once, and forget its key. What waits is still sent'
            cand send 'Send a message, a one-time code, or a change of subscription'
            cand verify 'Check a one-time code; it works once'
            cand content 'Newsletter templates'
            cand metrics 'What was done and what waits'
            cand task 'Tasks: list, look at, retry, cancel'
            cand subscriptions 'Who is subscribed to what'
            cand runs 'Newsletter runs, and who did not get one'
            cand suppressions 'Addresses that must not be written to'
            cand outbox 'Mails that a development machine captured instead of sending'
            cand doctor 'Check settings, store, service, key and relay'
            cand config 'Show the settings in force and where each came from'
            cand completions 'Print the completions of a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gomail;up'= {
            cand --smtp-server 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]'
            cand --smtp-port 'Port of the SMTP server. [env: smtp_port] [default: 587]'
            cand --smtp-user 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]'
            cand --smtp-pass 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]'
            cand --smtp-tls 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]'
            cand --smtp-ca 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]'
            cand --smtp-timeout 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]'
            cand --smtp-data-timeout 'Longest wait for the reply to a mail''s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]'
            cand --redis-uri 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]'
            cand --data 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]'
            cand --namespace 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]'
            cand --durability 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]'
            cand --retention 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]'
            cand --listen 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]'
            cand --public-url 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]'
            cand --max-body 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]'
            cand --rate-limit 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]'
            cand --auth-rate 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]'
            cand --from 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]'
            cand --unsubscribe-mailto 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]'
            cand --dkim-domain 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]'
            cand --dkim-selector 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]'
            cand --dkim-key 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]'
            cand --admin-key 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]'
            cand --registration 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]'
            cand --secret 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]'
            cand --secret-previous 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]'
            cand --key-ttl 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]'
            cand --otp-ttl 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]'
            cand --otp-attempts 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]'
            cand --otp-cooldown 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]'
            cand --otp-per-hour 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]'
            cand --concurrency 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]'
            cand --lease 'A worker''s hold on a task, extended while it works; a dead worker''s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]'
            cand --retry-base 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]'
            cand --otp-retry-base 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]'
            cand --retry-max 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]'
            cand --max-age 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]'
            cand --timezone 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]'
            cand --catch-up 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]'
            cand --log-file 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]'
            cand --log-format 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]'
            cand --rust-log 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]'
            cand --metrics-listen 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]'
            cand --test-clock '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;serve'= {
            cand --smtp-server 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]'
            cand --smtp-port 'Port of the SMTP server. [env: smtp_port] [default: 587]'
            cand --smtp-user 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]'
            cand --smtp-pass 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]'
            cand --smtp-tls 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]'
            cand --smtp-ca 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]'
            cand --smtp-timeout 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]'
            cand --smtp-data-timeout 'Longest wait for the reply to a mail''s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]'
            cand --redis-uri 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]'
            cand --data 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]'
            cand --namespace 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]'
            cand --durability 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]'
            cand --retention 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]'
            cand --listen 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]'
            cand --public-url 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]'
            cand --max-body 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]'
            cand --rate-limit 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]'
            cand --auth-rate 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]'
            cand --from 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]'
            cand --unsubscribe-mailto 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]'
            cand --dkim-domain 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]'
            cand --dkim-selector 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]'
            cand --dkim-key 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]'
            cand --admin-key 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]'
            cand --registration 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]'
            cand --secret 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]'
            cand --secret-previous 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]'
            cand --key-ttl 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]'
            cand --otp-ttl 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]'
            cand --otp-attempts 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]'
            cand --otp-cooldown 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]'
            cand --otp-per-hour 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]'
            cand --concurrency 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]'
            cand --lease 'A worker''s hold on a task, extended while it works; a dead worker''s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]'
            cand --retry-base 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]'
            cand --otp-retry-base 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]'
            cand --retry-max 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]'
            cand --max-age 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]'
            cand --timezone 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]'
            cand --catch-up 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]'
            cand --log-file 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]'
            cand --log-format 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]'
            cand --rust-log 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]'
            cand --metrics-listen 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]'
            cand --test-clock '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;worker'= {
            cand --smtp-server 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]'
            cand --smtp-port 'Port of the SMTP server. [env: smtp_port] [default: 587]'
            cand --smtp-user 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]'
            cand --smtp-pass 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]'
            cand --smtp-tls 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]'
            cand --smtp-ca 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]'
            cand --smtp-timeout 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]'
            cand --smtp-data-timeout 'Longest wait for the reply to a mail''s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]'
            cand --redis-uri 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]'
            cand --data 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]'
            cand --namespace 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]'
            cand --durability 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]'
            cand --retention 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]'
            cand --listen 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]'
            cand --public-url 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]'
            cand --max-body 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]'
            cand --rate-limit 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]'
            cand --auth-rate 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]'
            cand --from 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]'
            cand --unsubscribe-mailto 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]'
            cand --dkim-domain 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]'
            cand --dkim-selector 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]'
            cand --dkim-key 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]'
            cand --admin-key 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]'
            cand --registration 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]'
            cand --secret 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]'
            cand --secret-previous 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]'
            cand --key-ttl 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]'
            cand --otp-ttl 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]'
            cand --otp-attempts 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]'
            cand --otp-cooldown 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]'
            cand --otp-per-hour 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]'
            cand --concurrency 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]'
            cand --lease 'A worker''s hold on a task, extended while it works; a dead worker''s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]'
            cand --retry-base 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]'
            cand --otp-retry-base 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]'
            cand --retry-max 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]'
            cand --max-age 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]'
            cand --timezone 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]'
            cand --catch-up 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]'
            cand --log-file 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]'
            cand --log-format 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]'
            cand --rust-log 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]'
            cand --metrics-listen 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]'
            cand --test-clock '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --until-empty 'End when nothing is queued or running'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;scheduler'= {
            cand --smtp-server 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]'
            cand --smtp-port 'Port of the SMTP server. [env: smtp_port] [default: 587]'
            cand --smtp-user 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]'
            cand --smtp-pass 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]'
            cand --smtp-tls 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]'
            cand --smtp-ca 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]'
            cand --smtp-timeout 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]'
            cand --smtp-data-timeout 'Longest wait for the reply to a mail''s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]'
            cand --redis-uri 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]'
            cand --data 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]'
            cand --namespace 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]'
            cand --durability 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]'
            cand --retention 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]'
            cand --listen 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]'
            cand --public-url 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]'
            cand --max-body 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]'
            cand --rate-limit 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]'
            cand --auth-rate 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]'
            cand --from 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]'
            cand --unsubscribe-mailto 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]'
            cand --dkim-domain 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]'
            cand --dkim-selector 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]'
            cand --dkim-key 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]'
            cand --admin-key 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]'
            cand --registration 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]'
            cand --secret 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]'
            cand --secret-previous 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]'
            cand --key-ttl 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]'
            cand --otp-ttl 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]'
            cand --otp-attempts 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]'
            cand --otp-cooldown 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]'
            cand --otp-per-hour 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]'
            cand --concurrency 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]'
            cand --lease 'A worker''s hold on a task, extended while it works; a dead worker''s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]'
            cand --retry-base 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]'
            cand --otp-retry-base 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]'
            cand --retry-max 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]'
            cand --max-age 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]'
            cand --timezone 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]'
            cand --catch-up 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]'
            cand --log-file 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]'
            cand --log-format 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]'
            cand --rust-log 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]'
            cand --metrics-listen 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]'
            cand --test-clock '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;register'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --no-save 'Print the key and keep none: for an application'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;deregister'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;send'= {
            cand --to 'The recipient; may be repeated'
            cand --csv 'Send to every row of a CSV file (`-`: standard input). First line: column names. The recipient is in the first of to, email, userId, recipient that is there; names of payload fields set those; any other column is a variable of a message''s templates'
            cand --jsonl 'Send every line of a JSON Lines file (`-`: standard input): whole tasks as the API takes them, which get from the other options what they lack, or objects with the columns of --csv'
            cand --subject 'The subject'
            cand --content 'The body: HTML if it holds markup, else text; `-` is standard input'
            cand --file 'File with the body; `-` is standard input'
            cand --format 'How to read the body, whatever it holds'
            cand --text 'The text part, instead of one made from the HTML'
            cand --text-file 'File with the text part'
            cand --from-name 'Display name of the sender'
            cand --reply-to 'Where answers go'
            cand --header 'A header such as ''X-Order: 17''; may be repeated'
            cand --attach 'A file to attach; may be repeated'
            cand --var 'A variable, which makes subject and body templates; may be repeated'
            cand --tag 'A label to find the task by; may be repeated'
            cand --at 'Send later: an RFC 3339 time, or a duration from now such as 2h (not with --idempotency-key: a repeated command would name another time)'
            cand --name 'Your name for the task'
            cand --retries 'Tries after the first, 0 to 20 [default: 3]'
            cand --wait-timeout 'How long to wait at most [default: 5m]'
            cand --idempotency-key 'Repeating a command with the same key sends once. Each chunk of a file has a key made of it'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --wait 'Wait until every task has ended; fail if one did not succeed'
            cand --dry-run 'Print what would be posted, and post nothing'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
            cand message 'A message; the same as without this word'
            cand otp 'A one-time code'
            cand subscribe 'Subscribe to a newsletter'
            cand unsubscribe 'Unsubscribe from a newsletter'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gomail;send;message'= {
            cand --to 'The recipient; may be repeated'
            cand --csv 'Send to every row of a CSV file (`-`: standard input). First line: column names. The recipient is in the first of to, email, userId, recipient that is there; names of payload fields set those; any other column is a variable of a message''s templates'
            cand --jsonl 'Send every line of a JSON Lines file (`-`: standard input): whole tasks as the API takes them, which get from the other options what they lack, or objects with the columns of --csv'
            cand --subject 'The subject'
            cand --content 'The body: HTML if it holds markup, else text; `-` is standard input'
            cand --file 'File with the body; `-` is standard input'
            cand --format 'How to read the body, whatever it holds'
            cand --text 'The text part, instead of one made from the HTML'
            cand --text-file 'File with the text part'
            cand --from-name 'Display name of the sender'
            cand --reply-to 'Where answers go'
            cand --header 'A header such as ''X-Order: 17''; may be repeated'
            cand --attach 'A file to attach; may be repeated'
            cand --var 'A variable, which makes subject and body templates; may be repeated'
            cand --tag 'A label to find the task by; may be repeated'
            cand --at 'Send later: an RFC 3339 time, or a duration from now such as 2h (not with --idempotency-key: a repeated command would name another time)'
            cand --name 'Your name for the task'
            cand --retries 'Tries after the first, 0 to 20 [default: 3]'
            cand --wait-timeout 'How long to wait at most [default: 5m]'
            cand --idempotency-key 'Repeating a command with the same key sends once. Each chunk of a file has a key made of it'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --wait 'Wait until every task has ended; fail if one did not succeed'
            cand --dry-run 'Print what would be posted, and post nothing'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;send;otp'= {
            cand --to 'The recipient; may be repeated'
            cand --csv 'Send to every row of a CSV file (`-`: standard input). First line: column names. The recipient is in the first of to, email, userId, recipient that is there; names of payload fields set those; any other column is a variable of a message''s templates'
            cand --jsonl 'Send every line of a JSON Lines file (`-`: standard input): whole tasks as the API takes them, which get from the other options what they lack, or objects with the columns of --csv'
            cand --length 'How many digits, 4 to 8'
            cand --purpose 'What the code is for; codes of different purposes never meet'
            cand --subject 'Your own subject; needs a body with {{ otp }}'
            cand --content 'The body: HTML if it holds markup, else text; `-` is standard input'
            cand --file 'File with the body; `-` is standard input'
            cand --name 'Your name for the task'
            cand --retries 'Tries after the first, 0 to 20 [default: 3]'
            cand --wait-timeout 'How long to wait at most [default: 5m]'
            cand --idempotency-key 'Repeating a command with the same key sends once. Each chunk of a file has a key made of it'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --wait 'Wait until every task has ended; fail if one did not succeed'
            cand --dry-run 'Print what would be posted, and post nothing'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;send;subscribe'= {
            cand --to 'The recipient; may be repeated'
            cand --csv 'Send to every row of a CSV file (`-`: standard input). First line: column names. The recipient is in the first of to, email, userId, recipient that is there; names of payload fields set those; any other column is a variable of a message''s templates'
            cand --jsonl 'Send every line of a JSON Lines file (`-`: standard input): whole tasks as the API takes them, which get from the other options what they lack, or objects with the columns of --csv'
            cand --content-type 'The newsletter'
            cand --frequency 'How often'
            cand --subject 'Subject template; with a body, creates the content type if it is missing'
            cand --content 'The body: HTML if it holds markup, else text; `-` is standard input'
            cand --file 'File with the body; `-` is standard input'
            cand --name 'Your name for the task'
            cand --retries 'Tries after the first, 0 to 20 [default: 3]'
            cand --wait-timeout 'How long to wait at most [default: 5m]'
            cand --idempotency-key 'Repeating a command with the same key sends once. Each chunk of a file has a key made of it'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --wait 'Wait until every task has ended; fail if one did not succeed'
            cand --dry-run 'Print what would be posted, and post nothing'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;send;unsubscribe'= {
            cand --to 'The recipient; may be repeated'
            cand --csv 'Send to every row of a CSV file (`-`: standard input). First line: column names. The recipient is in the first of to, email, userId, recipient that is there; names of payload fields set those; any other column is a variable of a message''s templates'
            cand --jsonl 'Send every line of a JSON Lines file (`-`: standard input): whole tasks as the API takes them, which get from the other options what they lack, or objects with the columns of --csv'
            cand --content-type 'The newsletter'
            cand --name 'Your name for the task'
            cand --retries 'Tries after the first, 0 to 20 [default: 3]'
            cand --wait-timeout 'How long to wait at most [default: 5m]'
            cand --idempotency-key 'Repeating a command with the same key sends once. Each chunk of a file has a key made of it'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --wait 'Wait until every task has ended; fail if one did not succeed'
            cand --dry-run 'Print what would be posted, and post nothing'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;send;help'= {
            cand message 'A message; the same as without this word'
            cand otp 'A one-time code'
            cand subscribe 'Subscribe to a newsletter'
            cand unsubscribe 'Unsubscribe from a newsletter'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gomail;send;help;message'= {
        }
        &'gomail;send;help;otp'= {
        }
        &'gomail;send;help;subscribe'= {
        }
        &'gomail;send;help;unsubscribe'= {
        }
        &'gomail;send;help;help'= {
        }
        &'gomail;verify'= {
            cand --purpose 'What the code is for, as it was asked for'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;content'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
            cand create 'Create a content type'
            cand update 'Replace a content type''s subject and content'
            cand list 'All content types'
            cand get 'One content type'
            cand delete 'Delete a content type'
            cand preview 'Show what a subscriber would read; without the unsubscribe line, which is added when it is sent'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gomail;content;create'= {
            cand --subject 'Subject template'
            cand --content 'The body: HTML if it holds markup, else text; `-` is standard input'
            cand --file 'File with the body; `-` is standard input'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;content;update'= {
            cand --subject 'Subject template'
            cand --content 'The body: HTML if it holds markup, else text; `-` is standard input'
            cand --file 'File with the body; `-` is standard input'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;content;list'= {
            cand --limit 'At most this many; all of them when absent'
            cand --cursor 'Begin where an earlier list ended (`next_cursor`)'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;content;get'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;content;delete'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --force 'Even while there are subscriptions; they end'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;content;preview'= {
            cand --var 'A variable of the template; may be repeated'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;content;help'= {
            cand create 'Create a content type'
            cand update 'Replace a content type''s subject and content'
            cand list 'All content types'
            cand get 'One content type'
            cand delete 'Delete a content type'
            cand preview 'Show what a subscriber would read; without the unsubscribe line, which is added when it is sent'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gomail;content;help;create'= {
        }
        &'gomail;content;help;update'= {
        }
        &'gomail;content;help;list'= {
        }
        &'gomail;content;help;get'= {
        }
        &'gomail;content;help;delete'= {
        }
        &'gomail;content;help;preview'= {
        }
        &'gomail;content;help;help'= {
        }
        &'gomail;metrics'= {
            cand --interval 'How often, with --watch'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --watch 'Show them again and again'
            cand --prometheus 'The text that Prometheus reads'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;task'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
            cand list 'Tasks, newest first'
            cand get 'One task, with every attempt'
            cand retry 'Put a failed or uncertain task back'
            cand cancel 'Cancel a task that has not begun'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gomail;task;list'= {
            cand --state 'Only those in this state'
            cand --type 'Only those of this type'
            cand --to 'Only those for this recipient'
            cand --tag 'Only those with this tag'
            cand --limit 'At most this many; all of them when absent'
            cand --cursor 'Begin where an earlier list ended (`next_cursor`)'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;task;get'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;task;retry'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;task;cancel'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;task;help'= {
            cand list 'Tasks, newest first'
            cand get 'One task, with every attempt'
            cand retry 'Put a failed or uncertain task back'
            cand cancel 'Cancel a task that has not begun'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gomail;task;help;list'= {
        }
        &'gomail;task;help;get'= {
        }
        &'gomail;task;help;retry'= {
        }
        &'gomail;task;help;cancel'= {
        }
        &'gomail;task;help;help'= {
        }
        &'gomail;subscriptions'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
            cand list 'Subscriptions in force'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gomail;subscriptions;list'= {
            cand --content-type 'Only those to this content type'
            cand --to 'Only those of this recipient'
            cand --limit 'At most this many; all of them when absent'
            cand --cursor 'Begin where an earlier list ended (`next_cursor`)'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;subscriptions;help'= {
            cand list 'Subscriptions in force'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gomail;subscriptions;help;list'= {
        }
        &'gomail;subscriptions;help;help'= {
        }
        &'gomail;runs'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
            cand list 'Runs, newest first, with their totals'
            cand get 'One run, and who did not get it'
            cand retry 'Queue a run''s failed and uncertain mails again'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gomail;runs;list'= {
            cand --content-type 'Only those of this content type'
            cand --limit 'At most this many; all of them when absent'
            cand --cursor 'Begin where an earlier list ended (`next_cursor`)'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;runs;get'= {
            cand --limit 'At most this many; all of them when absent'
            cand --cursor 'Begin where an earlier list ended (`next_cursor`)'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;runs;retry'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;runs;help'= {
            cand list 'Runs, newest first, with their totals'
            cand get 'One run, and who did not get it'
            cand retry 'Queue a run''s failed and uncertain mails again'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gomail;runs;help;list'= {
        }
        &'gomail;runs;help;get'= {
        }
        &'gomail;runs;help;retry'= {
        }
        &'gomail;runs;help;help'= {
        }
        &'gomail;suppressions'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
            cand list 'All suppressed addresses'
            cand add 'Suppress an address'
            cand remove 'Write to an address again'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gomail;suppressions;list'= {
            cand --limit 'At most this many; all of them when absent'
            cand --cursor 'Begin where an earlier list ended (`next_cursor`)'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;suppressions;add'= {
            cand --reason 'Why'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;suppressions;remove'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;suppressions;help'= {
            cand list 'All suppressed addresses'
            cand add 'Suppress an address'
            cand remove 'Write to an address again'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gomail;suppressions;help;list'= {
        }
        &'gomail;suppressions;help;add'= {
        }
        &'gomail;suppressions;help;remove'= {
        }
        &'gomail;suppressions;help;help'= {
        }
        &'gomail;outbox'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
            cand list 'Captured mails, newest first'
            cand get 'Read a captured mail'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gomail;outbox;list'= {
            cand --limit 'At most this many; all of them when absent'
            cand --cursor 'Begin where an earlier list ended (`next_cursor`)'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;outbox;get'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --raw 'The mail as it would go over the wire; with --json it is there anyway'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;outbox;help'= {
            cand list 'Captured mails, newest first'
            cand get 'Read a captured mail'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gomail;outbox;help;list'= {
        }
        &'gomail;outbox;help;get'= {
        }
        &'gomail;outbox;help;help'= {
        }
        &'gomail;doctor'= {
            cand --smtp-server 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]'
            cand --smtp-port 'Port of the SMTP server. [env: smtp_port] [default: 587]'
            cand --smtp-user 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]'
            cand --smtp-pass 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]'
            cand --smtp-tls 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]'
            cand --smtp-ca 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]'
            cand --smtp-timeout 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]'
            cand --smtp-data-timeout 'Longest wait for the reply to a mail''s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]'
            cand --redis-uri 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]'
            cand --data 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]'
            cand --namespace 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]'
            cand --durability 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]'
            cand --retention 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]'
            cand --listen 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]'
            cand --public-url 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]'
            cand --max-body 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]'
            cand --rate-limit 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]'
            cand --auth-rate 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]'
            cand --from 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]'
            cand --unsubscribe-mailto 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]'
            cand --dkim-domain 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]'
            cand --dkim-selector 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]'
            cand --dkim-key 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]'
            cand --admin-key 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]'
            cand --registration 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]'
            cand --secret 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]'
            cand --secret-previous 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]'
            cand --key-ttl 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]'
            cand --otp-ttl 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]'
            cand --otp-attempts 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]'
            cand --otp-cooldown 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]'
            cand --otp-per-hour 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]'
            cand --concurrency 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]'
            cand --lease 'A worker''s hold on a task, extended while it works; a dead worker''s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]'
            cand --retry-base 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]'
            cand --otp-retry-base 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]'
            cand --retry-max 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]'
            cand --max-age 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]'
            cand --timezone 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]'
            cand --catch-up 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]'
            cand --log-file 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]'
            cand --log-format 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]'
            cand --rust-log 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]'
            cand --metrics-listen 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]'
            cand --test-clock '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;config'= {
            cand --role 'The role that the settings are checked for'
            cand --smtp-server 'SMTP server to hand mail to. Without it `gomail up` captures mail in its own outbox, and `gomail worker` refuses to start. [env: smtp_server]'
            cand --smtp-port 'Port of the SMTP server. [env: smtp_port] [default: 587]'
            cand --smtp-user 'User name at the SMTP server. If it is an address, mail comes from it unless GOMAIL_FROM says otherwise. [env: smtp_user]'
            cand --smtp-pass 'Password at the SMTP server. Prefer the environment: other users of the machine can read flags. [env: smtp_pass]'
            cand --smtp-tls 'auto, implicit, starttls or none. auto: port 465 implicit, else STARTTLS required; plain only to this machine. [env: GOMAIL_SMTP_TLS] [default: auto]'
            cand --smtp-ca 'PEM file with one more certificate authority to trust for the SMTP server. [env: GOMAIL_SMTP_CA]'
            cand --smtp-timeout 'Longest wait for each SMTP step. [env: GOMAIL_SMTP_TIMEOUT] [default: 60s]'
            cand --smtp-data-timeout 'Longest wait for the reply to a mail''s final dot. [env: GOMAIL_SMTP_DATA_TIMEOUT] [default: 600s]'
            cand --redis-uri 'Redis or Valkey: host:port, redis://, rediss://, redis+sentinel:// or redis+cluster://. Without it: SQLite in GOMAIL_DATA. [env: redis_uri]'
            cand --data 'Folder of the SQLite store; made when absent. [env: GOMAIL_DATA] [default: ./gomail-data]'
            cand --namespace 'In front of every Redis key, so that several installations can share one Redis. [env: GOMAIL_NAMESPACE] [default: gomail]'
            cand --durability 'store: what the store itself is set to. replicated: over Redis, also wait for a replica. [env: GOMAIL_DURABILITY] [default: store]'
            cand --retention 'How long ended tasks are kept. [env: GOMAIL_RETENTION] [default: 7d]'
            cand --listen 'Address and port of the API. [env: GOMAIL_LISTEN] [default: 127.0.0.1:8080]'
            cand --public-url 'Where others reach the API; unsubscribe links point there. Default: made from GOMAIL_LISTEN. [env: GOMAIL_PUBLIC_URL]'
            cand --max-body 'Largest request, a batch included; 16MiB, 16MB or bytes. [env: GOMAIL_MAX_BODY] [default: 16MiB]'
            cand --rate-limit 'Requests per key, such as 100/s; off. [env: GOMAIL_RATE_LIMIT] [default: off]'
            cand --auth-rate 'Sign-ups per client address, such as 30/m; off. [env: GOMAIL_AUTH_RATE] [default: 30/m]'
            cand --from 'Author of every mail: Name <address>. Default: smtp_user if it is an address; gomail@localhost without a relay. [env: GOMAIL_FROM]'
            cand --unsubscribe-mailto 'Address named in List-Unsubscribe beside the link. [env: GOMAIL_UNSUBSCRIBE_MAILTO]'
            cand --dkim-domain 'Domain that signs mails (DKIM d=). [env: GOMAIL_DKIM_DOMAIN]'
            cand --dkim-selector 'DKIM selector; with two keys two, separated by a comma, in the order of the keys. [env: GOMAIL_DKIM_SELECTOR]'
            cand --dkim-key 'PEM file with the private key: RSA of at least 2048 bits, or Ed25519; two files separated by a comma sign twice. [env: GOMAIL_DKIM_KEY]'
            cand --admin-key 'Whoever holds it may sign up, deregister and list accounts. [env: GOMAIL_ADMIN_KEY]'
            cand --registration 'open or admin. Default: admin, except that `gomail up` on this machine without an admin key is open. [env: GOMAIL_REGISTRATION]'
            cand --secret 'At least 32 bytes; API keys, codes and links are derived from it. Default: made once and kept in the store. [env: GOMAIL_SECRET]'
            cand --secret-previous 'The secret before, whose keys and links still work. [env: GOMAIL_SECRET_PREVIOUS]'
            cand --key-ttl 'How long API keys work; none: until deregistered. [env: GOMAIL_KEY_TTL] [default: none]'
            cand --otp-ttl 'How long a code works. [env: GOMAIL_OTP_TTL] [default: 10m]'
            cand --otp-attempts 'Wrong tries until the lock. [env: GOMAIL_OTP_ATTEMPTS] [default: 5]'
            cand --otp-cooldown 'Shortest time between two codes for one address and purpose; 0 is none. [env: GOMAIL_OTP_COOLDOWN] [default: 30s]'
            cand --otp-per-hour 'Codes per recipient in an hour. [env: GOMAIL_OTP_PER_HOUR] [default: 10]'
            cand --concurrency 'SMTP connections per worker; one in eight is kept for one-time codes. [env: GOMAIL_CONCURRENCY] [default: 32]'
            cand --lease 'A worker''s hold on a task, extended while it works; a dead worker''s tasks come back after it. [env: GOMAIL_LEASE] [default: 30s]'
            cand --retry-base 'Wait after the first failure; it doubles with each. [env: GOMAIL_RETRY_BASE] [default: 10s]'
            cand --otp-retry-base 'The same for one-time codes. [env: GOMAIL_OTP_RETRY_BASE] [default: 2s]'
            cand --retry-max 'Longest wait between tries. [env: GOMAIL_RETRY_MAX] [default: 1h]'
            cand --max-age 'Age, from when it was due, at which a task is given up. [env: GOMAIL_MAX_AGE] [default: 24h]'
            cand --timezone 'IANA zone in which days, weeks and months begin. [env: GOMAIL_TIMEZONE] [default: UTC]'
            cand --catch-up 'Newsletter periods missed while nothing ran: coalesce sends the newest, all every one, skip none. [env: GOMAIL_CATCH_UP] [default: coalesce]'
            cand --log-file 'Log file, 10 MiB × 3; empty: none. [env: GOMAIL_LOG_FILE] [default: app.log]'
            cand --log-format 'json or pretty. [env: GOMAIL_LOG_FORMAT] [default: json]'
            cand --rust-log 'What is logged, such as info or gomail=debug. [env: RUST_LOG] [default: info]'
            cand --metrics-listen 'Address and port of /metrics, /health/live and /health/ready alone, in any role. The API has them too; worker and scheduler have them only here. [env: GOMAIL_METRICS_LISTEN]'
            cand --test-clock '1: time can be moved through the API. Only with `gomail up` on this machine. [env: GOMAIL_TEST_CLOCK] [default: off]'
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --example 'Print an example `.env` with every setting instead'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'gomail;completions'= {
            cand --server 'The service that client commands talk to [env: GOMAIL_SERVER] [default: where `register` last signed up, else http://127.0.0.1:8080]'
            cand --api-key-file 'File with the API key [default: GOMAIL_API_KEY, else what `register` saved]'
            cand --json 'JSON for programs: the API''s own fields; errors too, on standard error'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'gomail;help'= {
            cand up 'Run all roles in one process'
            cand serve 'Run the HTTP API'
            cand worker 'Run a worker, which delivers what is queued'
            cand scheduler 'Run the scheduler, which sends newsletters when their time comes'
            cand register 'Sign up, and keep the key for this server'
            cand deregister 'End an account''s access at once, and forget its key. What waits is still sent'
            cand send 'Send a message, a one-time code, or a change of subscription'
            cand verify 'Check a one-time code; it works once'
            cand content 'Newsletter templates'
            cand metrics 'What was done and what waits'
            cand task 'Tasks: list, look at, retry, cancel'
            cand subscriptions 'Who is subscribed to what'
            cand runs 'Newsletter runs, and who did not get one'
            cand suppressions 'Addresses that must not be written to'
            cand outbox 'Mails that a development machine captured instead of sending'
            cand doctor 'Check settings, store, service, key and relay'
            cand config 'Show the settings in force and where each came from'
            cand completions 'Print the completions of a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'gomail;help;up'= {
        }
        &'gomail;help;serve'= {
        }
        &'gomail;help;worker'= {
        }
        &'gomail;help;scheduler'= {
        }
        &'gomail;help;register'= {
        }
        &'gomail;help;deregister'= {
        }
        &'gomail;help;send'= {
            cand message 'A message; the same as without this word'
            cand otp 'A one-time code'
            cand subscribe 'Subscribe to a newsletter'
            cand unsubscribe 'Unsubscribe from a newsletter'
        }
        &'gomail;help;send;message'= {
        }
        &'gomail;help;send;otp'= {
        }
        &'gomail;help;send;subscribe'= {
        }
        &'gomail;help;send;unsubscribe'= {
        }
        &'gomail;help;verify'= {
        }
        &'gomail;help;content'= {
            cand create 'Create a content type'
            cand update 'Replace a content type''s subject and content'
            cand list 'All content types'
            cand get 'One content type'
            cand delete 'Delete a content type'
            cand preview 'Show what a subscriber would read; without the unsubscribe line, which is added when it is sent'
        }
        &'gomail;help;content;create'= {
        }
        &'gomail;help;content;update'= {
        }
        &'gomail;help;content;list'= {
        }
        &'gomail;help;content;get'= {
        }
        &'gomail;help;content;delete'= {
        }
        &'gomail;help;content;preview'= {
        }
        &'gomail;help;metrics'= {
        }
        &'gomail;help;task'= {
            cand list 'Tasks, newest first'
            cand get 'One task, with every attempt'
            cand retry 'Put a failed or uncertain task back'
            cand cancel 'Cancel a task that has not begun'
        }
        &'gomail;help;task;list'= {
        }
        &'gomail;help;task;get'= {
        }
        &'gomail;help;task;retry'= {
        }
        &'gomail;help;task;cancel'= {
        }
        &'gomail;help;subscriptions'= {
            cand list 'Subscriptions in force'
        }
        &'gomail;help;subscriptions;list'= {
        }
        &'gomail;help;runs'= {
            cand list 'Runs, newest first, with their totals'
            cand get 'One run, and who did not get it'
            cand retry 'Queue a run''s failed and uncertain mails again'
        }
        &'gomail;help;runs;list'= {
        }
        &'gomail;help;runs;get'= {
        }
        &'gomail;help;runs;retry'= {
        }
        &'gomail;help;suppressions'= {
            cand list 'All suppressed addresses'
            cand add 'Suppress an address'
            cand remove 'Write to an address again'
        }
        &'gomail;help;suppressions;list'= {
        }
        &'gomail;help;suppressions;add'= {
        }
        &'gomail;help;suppressions;remove'= {
        }
        &'gomail;help;outbox'= {
            cand list 'Captured mails, newest first'
            cand get 'Read a captured mail'
        }
        &'gomail;help;outbox;list'= {
        }
        &'gomail;help;outbox;get'= {
        }
        &'gomail;help;doctor'= {
        }
        &'gomail;help;config'= {
        }
        &'gomail;help;completions'= {
        }
        &'gomail;help;help'= {
        }
    ]
    $completions[$command]
}
