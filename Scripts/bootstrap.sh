#!/usr/bin/env bash
# Installs what a task needs and is missing; does nothing, quickly, when all is there.
#
# usage: Scripts/bootstrap.sh SET...
# Sets: demo test check acceptance faults toolchain deploy package system container bench release instructions.
# The build's own needs (Swift, the development files of libcurl, OpenSSL and libsystemd) are always looked at. Swift is
# installed for this user only, when that is agreed to: on a terminal, or with SWIFT_INSTALL=yes.
# Works on Debian 12 and Ubuntu 22.04 and 24.04; elsewhere it names what to install. No network is used unless
# something is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh
# shellcheck source=Scripts/toolchain/platform.sh
source Scripts/toolchain/platform.sh

missing=()

# need_library MODULE PACKAGE: MODULE is a pkg-config name with an optional version.
need_library() { pkg-config --exists "$1" 2>/dev/null || missing+=("$2"); }

# need_package PACKAGE
need_package() {
    [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null) == installed ]] || missing+=("$1")
}

# need_command COMMAND PACKAGE
need_command() { PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null || missing+=("$2"); }

find_missing() {
    missing=()
    need_command pkg-config pkg-config
    need_library 'libcurl >= 7.81' libcurl4-openssl-dev
    need_library 'libcrypto >= 3.0' libssl-dev
    need_library 'libsystemd >= 249' libsystemd-dev
    local package set
    if [[ $install_swift == yes ]]; then
        for package in $(find_platform && toolchain_packages); do need_package "$package"; done
    fi
    for set in "$@"; do
        case $set in
            demo)
                need_command curl curl
                need_command jq jq
                ;;
            test)
                # The transport's tests make certificates and a TLS server with it.
                need_command openssl openssl
                # Streams are watched through it.
                need_command nginx nginx-light
                # Socket activation is tried with systemd-socket-activate; no service of it runs.
                need_command systemd-socket-activate systemd
                ;;
            check)
                need_command python3 python3
                need_command shellcheck shellcheck
                # Parses the expressions of observability/.
                need_command promtool prometheus
                ;;
            acceptance)
                need_command python3 python3
                # Debian's python3 cannot make a virtual environment without it.
                python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
                need_command promtool prometheus
                # Balances load between replicas.
                need_command nginx nginx-light
                # With nginx, what the installation guides put before the server.
                need_command caddy caddy
                need_command openssl openssl
                # The connect page is looked at in it.
                need_command chromium chromium
                need_command prometheus prometheus
                need_command jq jq
                need_command curl curl
                # The journal is a real one, in a mount namespace of its own.
                need_command journalctl systemd
                need_command nsenter util-linux
                ;;
            faults)
                need_command python3 python3
                # Makes the certificates of services that are not what they should be.
                need_command openssl openssl
                # Balances load between replicas.
                need_command nginx nginx-light
                need_command prlimit util-linux
                ;;
            toolchain)
                need_command python3 python3
                need_command curl curl
                # Its agent signs; to check, gpg alone would do.
                need_command gpg-agent gpg-agent
                need_command unshare util-linux
                need_command mount mount
                ;;
            deploy)
                need_command python3 python3
                python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
                ;;
            package)
                need_command python3 python3
                # Debian's python3 cannot make a virtual environment without it.
                python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
                need_command dpkg-buildpackage dpkg-dev
                need_command dh debhelper
                need_command lintian lintian
                need_command mandoc mandoc
                need_command systemd-analyze systemd
                ;;
            system)
                need_command mmdebstrap mmdebstrap
                need_command systemd-nspawn systemd-container
                ;;
            container)
                need_command buildah buildah
                need_command podman podman
                need_command runc runc
                need_command newuidmap uidmap
                need_command fuse-overlayfs fuse-overlayfs
                need_command mmdebstrap mmdebstrap
                need_command curl curl
                need_command jq jq
                need_command ss iproute2
                ;;
            bench)
                need_command python3 python3
                need_command curl curl
                need_command nginx nginx-light
                need_command wrk wrk
                # Makes the certificate of the workspace that speaks TLS.
                need_command openssl openssl
                ;;
            instructions)
                need_command python3 python3
                need_command nginx nginx-light
                need_command valgrind valgrind
                # Joins the executable with its debug symbols, whose function names a profile shows.
                need_command eu-unstrip elfutils
                ;;
            release)
                need_command objcopy binutils
                need_command readelf binutils
                ;;
            *) die "bootstrap: no set is called '$set'; there are: demo test check acceptance toolchain deploy
       package system container bench release instructions" ;;
        esac
    done
}

# check_swift: offers to install Swift unless one fits; what was agreed to is left in $install_swift.
install_swift=no
check_swift() {
    swift_fits && return
    local reason='Swift is not on PATH.'
    if [[ -n $swift_version ]]; then
        reason="Swift $swift_version is too old: this project needs $(cut -d . -f 1,2 .swift-version)."
    elif command -v swiftc >/dev/null; then
        reason='swiftc does not run.'
    fi
    Scripts/install-swift.sh --ask "$reason" || exit
    install_swift=yes
}

as_root() {
    if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

# Debian starts a daemon when its package is installed; nginx and prometheus are wanted as programs only. A
# policy-rc.d that says no (exit 101, invoke-rc.d(8)) for the time of the installation keeps them down.
readonly policy=/usr/sbin/policy-rc.d
policy_is_ours=no
hold_services() {
    [[ -e $policy ]] && return
    as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy"
    policy_is_ours=yes
}
release_services() {
    [[ $policy_is_ours == no ]] || as_root rm -f "$policy"
    policy_is_ours=no
}

# keep_disabled SERVICE PACKAGE: a daemon that this script installed must not start at the next boot either.
keep_disabled() {
    [[ " ${missing[*]} " == *" $2 "* ]] || return 0
    if command -v systemctl >/dev/null; then as_root systemctl disable "$1" >/dev/null 2>&1 || true; fi
    say "bootstrap: $2 was installed for its program only: the service $1 is neither started nor enabled."
}

install_missing() {
    command -v apt-get >/dev/null || die "these are missing, and there is no apt-get to install them with: ${missing[*]}
       Install what your distribution calls them and try again."
    local how='as root'
    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "these packages are missing: ${missing[*]}
       There is no sudo here. As root, run: apt-get install ${missing[*]}"
        how='with sudo'
    fi
    say "bootstrap: installing ${missing[*]} with apt-get ($how)"
    # --no-remove: a conflicting package of the user's is reported, never removed.
    local command=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 install -y
        --no-install-recommends --no-remove "${missing[@]}")
    trap release_services EXIT
    hold_services
    local log
    log=$(mktemp)
    # The package lists are fetched only when the ones at hand do not do.
    if ! as_root "${command[@]}" >"$log" 2>&1; then
        as_root apt-get -q update >>"$log" 2>&1 || true
        as_root "${command[@]}" >>"$log" 2>&1 || die "apt-get could not install ${missing[*]}. Its last lines:
$(tail -n 15 "$log")
       Without a network, install these packages from elsewhere and try again."
    fi
    rm -f "$log"
    keep_disabled nginx nginx-light
    keep_disabled caddy caddy
    keep_disabled prometheus prometheus
    release_services
}

check_swift
find_missing "$@"
if ((${#missing[@]} > 0)); then
    # Two sets may ask for the same package.
    mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
    install_missing
    find_missing "$@"
    ((${#missing[@]} == 0)) || die "still missing after the installation: ${missing[*]}"
fi
if [[ $install_swift == yes ]]; then
    Scripts/install-swift.sh
    use_installed_swift
    swift_fits || die "Swift was installed and still does not run: look at $(toolchains)."
fi
