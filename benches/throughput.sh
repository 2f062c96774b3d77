#!/usr/bin/env bash
# Throughput as ratios within one run on one machine, each against its budget.
#
#   benches/throughput.sh [--mails N] [--late-mails N] [--seconds S] [--rounds R] [--strict]
#
# Absolute figures say more about the machine than about gomail, so each is divided by a yardstick taken in the same
# run, right before or after: Postfix's smtp-source straight into its smtp-sink, or GET /health/ping. Every figure is
# the median of R rounds. Delivery counts from the worker's start to its exit, with the queue filled before.
# Everything runs on loopback, below target/ (a real disk: syncs must cost what they cost), and is gone afterwards.
# --strict ends with 1 when a ratio is below its budget. GOMAIL_BIN names another binary.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mails=20000      # per drain
late_mails=4000  # per drain at 20 ms
seconds=8        # per HTTP measurement
rounds=3
strict=no
sessions=32      # SMTP connections, of smtp-source and of the worker (GOMAIL_CONCURRENCY)
body=2048        # bytes in a mail's body
delay_ms=20

. tests/install.sh

while (($#)); do
    case $1 in
        --mails) mails=$2; shift 2 ;;
        --late-mails) late_mails=$2; shift 2 ;;
        --seconds) seconds=$2; shift 2 ;;
        --rounds) rounds=$2; shift 2 ;;
        --strict) strict=yes; shift ;;
        *) sed -n '2,12s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
    esac
done
for count in "$mails" "$late_mails" "$seconds" "$rounds"; do
    [[ $count =~ ^[1-9][0-9]{0,6}$ ]] || die "not a count: $count"
done

target=${CARGO_TARGET_DIR:-target}
gomail=${GOMAIL_BIN:-$target/release/gomail}
[[ -x $gomail ]] || die "$gomail is missing: cargo build --release --locked"
gomail=$(realpath "$gomail")

mkdir -p "$target"
work=$(mktemp -d "$(realpath "$target")/bench.XXXXXX")
pids=()

finish() {
    local code=$? pid
    services_may_start
    for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do
        # A second is enough for a server without work; whatever hangs is ended.
        for _ in {1..20}; do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done
        kill -KILL "$pid" 2>/dev/null || true
    done
    if ((code > 1)) && [[ -s $work/log ]]; then tail -n 20 "$work/log"; fi
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# --- what is needed

missing=()
{ have smtp-sink || [[ -x /usr/sbin/smtp-sink ]]; } && { have smtp-source || [[ -x /usr/sbin/smtp-source ]]; } || missing+=(postfix)
have wrk || missing+=(wrk)
have python3 || missing+=(python3)
if ((${#missing[@]})); then
    # Only Postfix's two test programs are wanted, not a mail server.
    if [[ " ${missing[*]} " == *' postfix '* ]] && have debconf-set-selections; then
        echo 'postfix postfix/main_mailer_type select No configuration' | as_root debconf-set-selections
    fi
    install "${missing[@]}"
fi
PATH=$PATH:/usr/sbin
ulimit -n 4096 2>/dev/null || true

# --- helpers

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# wait_for_port PORT NAME: until something listens there, 15 s at most.
wait_for_port() {
    for _ in {1..300}; do
        if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi
        sleep 0.05
    done
    echo "$2 does not listen on port $1" >&2
    exit 3
}

# start COMMAND…: in the background, ended with the script; its id is in $started.
start() {
    "$@" >>"$work/log" 2>&1 </dev/null &
    started=$!
    pids+=("$started")
}

# stop PID: and wait until it is gone.
stop() {
    kill -TERM "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

now_ms() { echo $(($(date +%s%N) / 1000000)); }
# per_second COUNT MILLISECONDS
per_second() { awk -v n="$1" -v ms="$2" 'BEGIN { printf "%.1f\n", n * 1000 / (ms > 0 ? ms : 1) }'; }
median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

admin_key=bench-admin-key-that-is-long-enough-for-everyone
api_key=''
redis_pid=''

# gomail_env STORE FOLDER SMTP_PORT COMMAND…: becomes the command, with these settings and no others. Call it in a
# subshell or the background: the process id there is then the command's own, and a signal meets it.
gomail_env() {
    local store=$1 folder=$2 smtp_port=$3
    shift 3
    local settings=(
        PATH="$PATH" HOME="$folder" RUST_LOG=warn GOMAIL_LOG_FILE= GOMAIL_DATA="$folder" GOMAIL_FROM=bench@example.com
        GOMAIL_LISTEN="127.0.0.1:$api_port" GOMAIL_ADMIN_KEY="$admin_key" GOMAIL_CONCURRENCY="$sessions"
        smtp_server=127.0.0.1 smtp_port="$smtp_port"
    )
    if [[ $store == redis ]]; then settings+=(redis_uri="127.0.0.1:$redis_port"); fi
    cd "$folder"
    exec env -i "${settings[@]}" "$@"
}

# open_store STORE SMTP_PORT: a fresh store with a server before it and an account; sets $folder, $api_url, $api_key.
open_store() {
    folder=$(mktemp -d "$work/store.XXXXXX")
    api_port=$(free_port)
    api_url=http://127.0.0.1:$api_port
    if [[ $1 == redis ]]; then
        redis_port=$(free_port)
        start redis-server --bind 127.0.0.1 --port "$redis_port" --dir "$folder" --daemonize no --save '' \
            --appendonly yes --appendfsync everysec --maxmemory-policy noeviction
        redis_pid=$started
        wait_for_port "$redis_port" redis-server
    fi
    start gomail_env "$1" "$folder" "$2" "$gomail" serve
    serve_pid=$started
    wait_for_port "$api_port" 'gomail serve'
    api_key=$(python3 benches/post.py signup "$api_url" "$admin_key")
}

close_store() {
    stop "$serve_pid"
    if [[ -n $redis_pid ]]; then stop "$redis_pid"; redis_pid=''; fi
    rm -rf "$folder"
}

# source_rate PORT COUNT: mails/s of smtp-source, connections kept.
source_rate() {
    local began
    began=$(now_ms)
    timeout 300 smtp-source -d -s "$sessions" -m "$2" -l "$body" -f bench@example.com -t user@example.com "127.0.0.1:$1" >>"$work/log" 2>&1
    per_second "$2" $(($(now_ms) - began))
}

# drain_rate STORE PORT COUNT: mails/s of a worker from start to exit.
drain_rate() {
    local began took successful
    open_store "$1" "$2"
    python3 benches/post.py fill "$api_url" "$api_key" "$3" "$body"
    began=$(now_ms)
    (gomail_env "$1" "$folder" "$2" timeout 300 "$gomail" worker --until-empty) >>"$work/log" 2>&1 </dev/null
    took=$(($(now_ms) - began))
    successful=$(python3 benches/post.py successful "$api_url")
    close_store
    if [[ $successful != "$3" ]]; then echo "$1: $successful of $3 mails were delivered" >&2; exit 3; fi
    rate=$(per_second "$3" "$took")
}

# http_rate URL [SCRIPT]: requests/s over 64 kept connections; every answer must be 2xx.
http_rate() {
    local report
    report=$(wrk -t2 -c64 -d"${seconds}s" --timeout 10s ${2:+-s "$2"} "$1" 2>&1)
    if grep -Eq 'Non-2xx|Socket errors' <<<"$report"; then printf '%s: %s\n' "$1" "$report" >&2; exit 3; fi
    awk '/^Requests\/sec/ { print $2 }' <<<"$report"
}

rows=()
below=0
# row WHAT VALUE UNIT YARDSTICK BUDGET PROTOTYPE
row() {
    local ratio verdict
    ratio=$(awk -v a="$2" -v b="$4" 'BEGIN { printf "%.2f", a / b }')
    verdict=$(awk -v a="$2" -v b="$4" -v least="$5" 'BEGIN { print (a / b >= least) ? "ok" : "BELOW" }')
    if [[ $verdict == BELOW ]]; then below=$((below + 1)); fi
    rows+=("$(printf '%-34s %10.0f %-7s %10.0f %7s %8s %7s  %s' "$1" "$2" "$3" "$4" "$ratio" "$5" "($6)" "$verdict")")
}

stores=(sqlite)
if have redis-server; then stores+=(redis); else echo 'redis-server is missing: SQLite only'; fi

# --- delivery: queue -> SMTP

sink_port=$(free_port)
sink_user=()
# As root, smtp-sink wants an ordinary user to become.
if ((EUID == 0)); then sink_user=(-u nobody); fi
start smtp-sink "${sink_user[@]}" -4 "127.0.0.1:$sink_port" 1024
wait_for_port "$sink_port" smtp-sink
late_port=$(free_port)
start python3 benches/delay.py "$late_port" "$sink_port" "$delay_ms"
wait_for_port "$late_port" delay.py

for ((round = 1; round <= rounds; round++)); do
    printf 'round %d of %d: delivery\n' "$round" "$rounds" >&2
    source_rate "$sink_port" "$mails" >>"$work/source"
    for store in "${stores[@]}"; do
        drain_rate "$store" "$sink_port" "$mails"
        echo "$rate" >>"$work/drain.$store"
    done
    source_rate "$late_port" "$late_mails" >>"$work/late.source"
    for store in "${stores[@]}"; do
        drain_rate "$store" "$late_port" "$late_mails"
        echo "$rate" >>"$work/late.$store"
    done
done

# --- acceptance: POST /task

for store in "${stores[@]}"; do
    open_store "$store" "$sink_port"
    python3 - "$api_key" >"$work/post.lua" <<'PYTHON'
import json, sys
task = {"task": "bench", "type": "message", "retries": 3,
        "payload": {"userId": "user@example.com", "subject": "Hello", "content": ""}}
task["payload"]["content"] = "x" * (1024 - len(json.dumps(task)))
print('wrk.method = "POST"')
print(f"wrk.body = [==[{json.dumps(task)}]==]")
print('wrk.headers["Content-Type"] = "application/json"')
print(f'wrk.headers["Authorization"] = "{sys.argv[1]}"')
PYTHON
    for ((round = 1; round <= rounds; round++)); do
        printf 'round %d of %d: POST /task, %s\n' "$round" "$rounds" "$store" >&2
        http_rate "$api_url/health/ping" >>"$work/ping.$store"
        http_rate "$api_url/task" "$work/post.lua" >>"$work/post.$store"
    done
    close_store
done

# --- the table

of() { median <"$work/$1"; }
row 'queue -> SMTP, SQLite FULL' "$(of drain.sqlite)" mails/s "$(of source)" 0.9 1.0
row "the same at $delay_ms ms, SQLite FULL" "$(of late.sqlite)" mails/s "$(of late.source)" 2 3.5
row 'POST /task, SQLite FULL' "$(of post.sqlite)" req/s "$(of ping.sqlite)" 0.22 0.28
if [[ -e $work/drain.redis ]]; then
    row 'queue -> SMTP, Redis everysec' "$(of drain.redis)" mails/s "$(of source)" 1.2 1.4
    row "the same at $delay_ms ms, Redis everysec" "$(of late.redis)" mails/s "$(of late.source)" 2 3.5
    row 'POST /task, Redis everysec' "$(of post.redis)" req/s "$(of ping.redis)" 0.30 0.34
fi

printf '\n%d mails of %d bytes (%d at %d ms), %d sessions, median of %d; yardstick: smtp-source, GET /health/ping\n\n' \
    "$mails" "$body" "$late_mails" "$delay_ms" "$sessions" "$rounds"
printf '%-34s %10s %-7s %10s %7s %8s %7s\n' what measured '' yardstick ratio budget '(proto)'
printf '%s\n' "${rows[@]}"
if ((below)); then
    printf '\n%d below the budget\n' "$below"
    if [[ $strict == yes ]]; then exit 1; fi
fi
