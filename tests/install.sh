# Sourced by tests/run.sh and benches/throughput.sh: installs packages of the distribution.
# shellcheck shell=bash

policy=''

die() { printf '%s: %s\n' "${0##*/}" "$*"; exit 1; }
have() { command -v "$1" >/dev/null; }

as_root() {
    if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

# Takes our ban on starting services away again; the caller's exit trap calls it too.
services_may_start() {
    if [[ -n $policy ]]; then as_root rm -f "$policy"; policy=''; fi
}

# install PACKAGE…: from the distribution. Services are kept from starting while we install.
install() {
    have apt-get || die "please install: $* (this is no Debian or Ubuntu, so it is not done for you)"
    if ((EUID != 0)) && ! sudo -n true 2>/dev/null; then
        die "please install: $* (for example: sudo apt-get install $*); not root, and sudo wants a password"
    fi
    if [[ ! -e /usr/sbin/policy-rc.d ]]; then
        policy=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120)
    as_root "${apt[@]}" install -y --no-install-recommends "$@" \
        || { as_root "${apt[@]}" update && as_root "${apt[@]}" install -y --no-install-recommends "$@"; } \
        || die "could not install: $*"
    services_may_start
}
