# shellcheck shell=bash
# For which machines Swift's project publishes a toolchain that this project is tested with, under which name, and what
# that needs of the distribution. Source it after Scripts/common.sh.

# The names are those of https://download.swift.org: the folder has no dot in it, the archive has.
# shellcheck disable=SC2034  # read by the scripts that source this file
platform='' distribution='' processor=''

# find_platform: sets $platform, as in swift-6.3.1-RELEASE-$platform.tar.gz, $distribution and $processor; on another
# machine its status is 1, and both are set to what was seen. OS_RELEASE_FILE is for the tests.
find_platform() {
    local file=${OS_RELEASE_FILE:-/etc/os-release} id='' suffix=''
    distribution='an unnamed distribution' processor=$(uname -m)
    if [[ -r $file ]]; then
        # shellcheck source=/dev/null
        id=$(. "$file" && printf '%s %s' "${ID:-}" "${VERSION_ID:-}") || id=''
        # shellcheck source=/dev/null
        distribution=$(. "$file" && printf '%s' "${PRETTY_NAME:-an unnamed distribution}") || true
    fi
    case $processor in
        x86_64) ;;
        aarch64) suffix=-aarch64 ;;
        *) return 1 ;;
    esac
    case $id in
        'debian 12') platform=debian12$suffix ;;
        'ubuntu 22.04') platform=ubuntu22.04$suffix ;;
        'ubuntu 24.04') platform=ubuntu24.04$suffix ;;
        *) return 1 ;;
    esac
}

# toolchain_packages: what swift.org's installation page and images name for $platform, a line each, but for the
# debugger's Python bindings; and what fetches and checks the archive.
toolchain_packages() {
    local common=(binutils ca-certificates curl git gpg libc6-dev libcurl4-openssl-dev libedit2 libncurses-dev
        libpython3-dev libsqlite3-0 libxml2-dev pkg-config tzdata unzip util-linux zlib1g-dev) own=()
    case $platform in
        debian12*) own=(gcc libgcc-12-dev libicu-dev libstdc++-12-dev uuid-dev) ;;
        ubuntu22.04*) own=(libgcc-11-dev libstdc++-11-dev libz3-dev) ;;
        ubuntu24.04*) own=(libgcc-13-dev libstdc++-13-dev libz3-dev) ;;
    esac
    printf '%s\n' "${common[@]}" "${own[@]}"
}
