#!/usr/bin/env bash
# Checks everything: format, lints, docs, unit, integration and crash tests.
#
# Installs what is missing first (Debian, Ubuntu): a C compiler, redis-server, Python with venv, and the Python
# packages of tests/requirements.txt into a venv below target/. What is there is used as it is, so a second run needs
# no network. Tests start their own redis-server on a free port; the distribution's service is neither needed
# nor started. The tests come last: their summary is the end of the output.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# One stream in order, and nothing may wait for an answer.
exec </dev/null 2>&1

target=${CARGO_TARGET_DIR:-target}
venv=$target/test-python
stage='start'
stages=''

. tests/install.sh

say() { printf '\n== %s\n' "$*"; }

finish() {
    local code=$?
    services_may_start
    if ((code != 0)); then printf '\ntests/run.sh: FAILED in stage "%s"\n' "$stage"; fi
}
trap finish EXIT

# run NAME COMMAND…: one stage, with its name before and its duration after.
run() {
    stage=$1
    shift
    say "$stage: $*"
    local began=$SECONDS
    "$@"
    stages+=$(printf '%6ds  %s' $((SECONDS - began)) "$stage")$'\n'
    printf -- '-- %s: %ds\n' "$stage" $((SECONDS - began))
}

system_packages() {
    local missing=()
    have cc || missing+=(build-essential)
    have redis-server && have redis-cli || missing+=(redis-server)
    have python3 && python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3 python3-venv)
    if ((${#missing[@]})); then install "${missing[@]}"; fi
    redis-server --version
    python3 --version
}

python_packages() {
    # The stamp is written last: a venv that was broken off half-way is made again.
    if ! cmp -s tests/requirements.txt "$venv/requirements.txt" || ! "$venv/bin/python" -c 'import aiosmtpd, dkim, nacl'; then
        rm -rf "$venv"
        mkdir -p "$target"
        python3 -m venv "$venv"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt \
            || die "could not install tests/requirements.txt from PyPI"
        cp tests/requirements.txt "$venv/requirements.txt"
    fi
    GOMAIL_TEST_PYTHON=$(cd "$venv/bin" && pwd)/python
    export GOMAIL_TEST_PYTHON
    "$GOMAIL_TEST_PYTHON" -c 'import aiosmtpd; print("aiosmtpd", aiosmtpd.__version__)'
}

rust_tools() {
    have cargo || die 'Rust is missing: install it from https://rustup.rs (rust-version is in Cargo.toml)'
    cargo fmt --version || die 'rustfmt is missing: rustup component add rustfmt'
    cargo clippy --version || die 'clippy is missing: rustup component add clippy'
    rustc --version
    if have cargo-nextest; then cargo nextest --version; else echo 'cargo-nextest is missing: cargo test does its work'; fi
}

crates() {
    local host
    host=$(rustc -vV | sed -n 's/^host: //p')
    # All crates here already: keep cargo from asking the registry at all.
    if cargo fetch --quiet --locked --offline --target "$host" 2>/dev/null; then
        export CARGO_NET_OFFLINE=true
        echo 'all crates are here'
    else
        cargo fetch --locked --target "$host" || echo 'cargo fetch failed; going on with what is here'
    fi
}

tests() {
    if have cargo-nextest; then
        cargo nextest run --locked
    else
        # Crash tests start many processes: two at a time, as .config/nextest.toml has it.
        cargo test --locked --no-fail-fast --lib --bins --tests -- --test-threads=2
    fi
}

if [[ ${CI:-} == true ]]; then
    # A build from nothing gains nothing from incremental state, which costs time and disk.
    export CARGO_INCREMENTAL=0
fi
# The tests decide what gomail sees.
unset "${!GOMAIL_@}" smtp_server smtp_port smtp_user smtp_pass redis_uri SMTP_SERVER SMTP_PORT SMTP_USER SMTP_PASS REDIS_URI

# Clippy and doc share the checked dependencies, doctests and tests the compiled ones; quick refusals come first.
run 'system packages' system_packages
run 'python packages' python_packages
run 'rust tools' rust_tools
run 'crates' crates
run 'fmt' cargo fmt --all -- --check
run 'clippy' cargo clippy --all-targets --locked -- -D warnings
run 'doc' env RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --document-private-items --locked
run 'doctests' cargo test --doc --locked

say "so far (${SECONDS}s in all)"
printf '%s' "$stages"
stage='tests'
say 'tests: unit, integration, crash'
tests
