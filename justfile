# The commands of every day. `just` lists them.

set shell := ["bash", "-euo", "pipefail", "-c"]

_default:
    @just --list --unsorted

# Start everything in one process (no settings needed); arguments go to `gomail up`
run *args:
    cargo run --release -- up {{ args }}

# Everything CI runs, in CI's way
test:
    tests/run.sh

# Clippy, with warnings as errors
lint:
    cargo fmt --all -- --check
    cargo clippy --all-targets --locked -- -D warnings

# Format the sources
fmt:
    cargo fmt --all

# The documentation, private items included
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items --locked

# Throughput against Postfix's smtp-sink, as ratios (see benches/throughput.sh)
bench *args: release
    benches/throughput.sh {{ args }}

# Shell completions, written by the binary itself
completions:
    #!/usr/bin/env bash
    set -euo pipefail
    mkdir -p completions
    cargo build --locked
    gomail="${CARGO_TARGET_DIR:-target}/debug/gomail"
    "$gomail" completions bash > completions/gomail.bash
    "$gomail" completions zsh > completions/_gomail
    "$gomail" completions fish > completions/gomail.fish
    "$gomail" completions powershell > completions/_gomail.ps1
    "$gomail" completions elvish > completions/gomail.elv

# .env.example, written by the binary itself
env-example:
    cargo run --quiet --locked -- config --example > .env.example.new
    mv .env.example.new .env.example

# The release binary
release:
    cargo build --release --locked

# Licences, banned crates, advisories (needs cargo-deny)
deny:
    cargo deny --locked check
