#!/usr/bin/env bash
# Builds the executable to deliver: the Swift runtime inside, stripped, its debug symbols in a file beside it. Fails when
# it would load anything but libcurl, OpenSSL, libsystemd and libc.
#
# usage: Scripts/release.sh BUILD-FLAGS...      (make release)
# SOURCE_REVISION names the commit where there is no repository, as in a container.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh

readonly product=databricks-jobs-mcp archives=$PWD/.build/static-cxx
readonly binary=.build/release/$product symbols=.build/release/$product.debug

# The commit, marked when the files differ from it: what git ignores does not count.
revision() {
    local commit
    commit=$(git rev-parse HEAD 2>/dev/null) || commit=unknown
    [[ $commit == unknown || -z $(git status --porcelain) ]] || commit+=-dirty
    printf '%s' "${SOURCE_REVISION:-$commit}"
}

# A folder with the archive and without the shared library: of the two, a linker takes the shared one.
link_archive() {
    local archive
    archive=$(clang -print-file-name=libstdc++.a 2>/dev/null || true)
    [[ $archive == /* ]] || die "there is no libstdc++.a; install libstdc++-12-dev or your distribution's counterpart"
    mkdir -p "$archives"
    ln -sf "$archive" "$archives/libstdc++.a"
}

# Idempotent: what was split before has no symbols to split off.
split_symbols() {
    readelf --section-headers --wide "$binary" | grep -q ' \.debug_info ' || return 0
    objcopy --only-keep-debug "$binary" "$symbols"
    chmod 644 "$symbols"
    objcopy --strip-all --add-gnu-debuglink="$symbols" "$binary"
}

# check_needed: the libraries are a promise to whoever makes an image or a package.
check_needed() {
    local library
    while read -r library; do
        case $library in
            libcurl.so.* | libcrypto.so.* | libssl.so.* | libsystemd.so.* | libc.so.* | libm.so.* | ld-linux*) ;;
            *) die "$binary would load $library; only libcurl, OpenSSL, libsystemd and libc are allowed" ;;
        esac
    done < <(readelf --dynamic --wide "$binary" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p')
}

link_archive
SOURCE_REVISION=$(revision)
export SOURCE_REVISION
STATIC_CXX_FOLDER=$archives swift build "$@" --disable-local-rpath --product "$product"
split_symbols
check_needed
say "$("$binary" --version)
$binary: $(stat -c %s "$binary") bytes; loads $(readelf --dynamic --wide "$binary" |
    sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p' | paste -sd ' ')"
