#!/usr/bin/env bash
# Installs the Swift toolchain that .swift-version names, for this user: the official archive, checked against the keys
# in Scripts/toolchain/release-keys.asc, unpacked into ${XDG_DATA_HOME:-~/.local/share}/databricks-jobs-mcp. Nothing
# else is touched, and nothing is left there unless all went well. Scripts/common.sh puts it on PATH.
#
# usage: Scripts/install-swift.sh                 installs it, without asking
#        Scripts/install-swift.sh --ask REASON    only asks whether to, REASON being why; status 0 is a yes
# SWIFT_INSTALL=yes or no answers the question. SWIFT_DOWNLOAD_URL is the address of a mirror of
# https://download.swift.org; the keys stay the same.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh
# shellcheck source=Scripts/toolchain/platform.sh
source Scripts/toolchain/platform.sh
# shellcheck source=Scripts/toolchain/signature.sh
source Scripts/toolchain/signature.sh

readonly official=https://download.swift.org keys=Scripts/toolchain/release-keys.asc
address=${SWIFT_DOWNLOAD_URL:-$official} address=${address%/}
version=$(<.swift-version)
folder=$(toolchains)
readonly address version folder target=$folder/swift-$version work=$folder/.installing
readonly guide=https://www.swift.org/install/linux/
readonly by_hand="Install Swift ${version%.*} or later from $guide and put its usr/bin on PATH."

# --- Asking --------------------------------------------------------------------------------------------------------

require_platform() {
    find_platform || die "${1:-}Swift can be installed by this script on Debian 12, Ubuntu 22.04 and 24.04 (x86_64 and
       aarch64); this is $distribution on $processor. $by_hand"
}

# ask REASON: ends the script unless the installation is wanted.
ask() {
    require_platform "$1 "
    case ${SWIFT_INSTALL:-} in
        yes) return ;;
        no) die "$1 $by_hand
       SWIFT_INSTALL=yes has it installed for you; SWIFT_INSTALL=no does not ask." ;;
        '') ;;
        *) die "SWIFT_INSTALL is '$SWIFT_INSTALL'; it can be yes, no or unset." ;;
    esac
    [[ -t 0 && -t 2 ]] || die "$1 There is no terminal to ask on: SWIFT_INSTALL=yes make ... installs Swift
       $version into $target. Or: $by_hand"
    cat >&2 <<END_OF_QUESTION
$1
Swift $version for $distribution on $processor can be installed for you:
  from    $address, about 1 GB, checked against the key of Swift's releases
  into    $target, about 3.5 GB, and 1 GB more meanwhile
  and     what it needs of the distribution's packages, with apt-get
END_OF_QUESTION
    local answer
    for _ in 1 2 3; do
        read -r -p 'Install it? [Y/n] ' answer || break
        case ${answer,,} in
            '' | y | yes) return ;;
            n | no) break ;;
        esac
    done
    die "Swift was not installed. $by_hand"
}

# --- Ends ----------------------------------------------------------------------------------------------------------

child='' scratch=''

# run COMMAND...: runs it so that a signal ends it at once; its status is this function's.
run() {
    local status=0
    "$@" &
    child=$!
    wait "$child" || status=$?
    child=''
    return "$status"
}

clean_up() {
    trap '' INT TERM HUP
    [[ -z $child ]] || { kill "$child" && wait "$child"; } 2>/dev/null || true
    [[ -z $scratch ]] || rm -rf "$scratch"
    rm -rf "$work"
}

# one_at_a_time: waits until no other run installs here. The lock goes with this process, whatever ends it.
one_at_a_time() {
    { mkdir -p "$folder" && : >>"$folder/.lock"; } 2>/dev/null ||
        die "cannot write to $folder. Mend its rights, or set XDG_DATA_HOME to another folder."
    exec {lock}<"$folder/.lock"
    flock --nonblock "$lock" && return
    say "Another run is installing Swift into $folder; waiting for it."
    flock --timeout 7200 "$lock" || die "the other run has not ended within two hours; end it and try again."
}

# --- Room ----------------------------------------------------------------------------------------------------------

# room: the bytes that are free where the toolchain goes.
room() { df --output=avail --block-size=1 "$folder" | tail -n 1; }

gigabytes() { awk -v bytes="$1" 'BEGIN { printf "%.1f GB", bytes / 1e9 }'; }

readonly elsewhere='Free some, or set XDG_DATA_HOME to a folder on a larger disk (for later commands too).'

# require_room BYTES: whether an archive of that size, and what it unpacks to, fits: four times as much, by Swift 6.3.
require_room() {
    local wanted=$((5 * $1)) free
    free=$(room)
    ((free >= wanted)) || die "Swift $version needs $(gigabytes "$wanted") in $folder while it is installed, and there are
       $(gigabytes "$free") free. $elsewhere"
}

# die_of_room TEXT: TEXT, or that the disk is full when it is.
die_of_room() {
    (($(room) > 1000000)) || die "the disk with $folder is full. $elsewhere"
    die "$1"
}

# --- The steps -----------------------------------------------------------------------------------------------------

# Progress is for people; a log gets what went wrong only.
if [[ -t 2 ]]; then
    progress=--progress-bar dots=(--checkpoint=10000 --checkpoint-action=dot)
else
    progress=--silent dots=()
fi
# What is fetched is trusted for its signature, not for its address. An https address stays one through redirections.
curl_options=(--fail --location --max-redirs 5 --show-error --connect-timeout 20 --retry 2)
# Bytes a second, for so many seconds: what is slower has stopped.
curl_options+=(--speed-limit 1000 --speed-time 60)
case $address in
    https://*) curl_options+=(--proto '=https') ;;
    *) curl_options+=(--proto '=http,https') ;;
esac

# fetch FILE URL OPTION...: ends the script, saying why, unless URL is fetched into FILE.
fetch() {
    local file=$1 url=$2 status=0 code advice
    shift 2
    run curl "${curl_options[@]}" "$@" --output "$file" --write-out '%{http_code}' "$url" >"$scratch/code" || status=$?
    ((status > 0)) || return 0
    code=$(<"$scratch/code")
    case $status in
        18) advice='The connection ended in the middle. Try again.' ;;
        22) advice="It was answered with HTTP status $code. If SWIFT_DOWNLOAD_URL is set, look whether that mirror has
       Swift $version; otherwise try again later." ;;
        23) die_of_room "could not write $file." ;;
        35 | 51 | 58 | 60 | 77) advice='Its certificate was not accepted: look at the clock and at ca-certificates.' ;;
        63) advice='It is larger than any toolchain.' ;;
        *) advice='Look whether this machine reaches it; https_proxy names a proxy, SWIFT_DOWNLOAD_URL a mirror.' ;;
    esac
    die "could not fetch $url (curl's status $status). $advice
       Nothing was installed. Without a network: ${by_hand,}"
}

# fetch_archive: the archive, with its signature, into $work.
fetch_archive() {
    local name=swift-$version-RELEASE-$platform.tar.gz url size
    url=$address/swift-$version-release/${platform//./}/swift-$version-RELEASE/$name
    fetch "$scratch/archive.sig" "$url.sig" --silent --max-filesize 100000
    # A server that does not say the size makes the disk's end come later, not worse.
    run curl "${curl_options[@]}" --silent --head --output "$scratch/head" "$url" 2>/dev/null || : >"$scratch/head"
    size=$(tr -d '\r' <"$scratch/head" | awk 'tolower($1) == "content-length:" { size = $2 } END { print size + 0 }')
    require_room "$size"
    say "Fetching $name ($(gigabytes "$size"))"
    fetch "$work/archive" "$url" "$progress" --max-filesize 5000000000
}

# fetch_keys: what swift.org says today of its keys, as a revocation; without it, the listed keys do.
fetch_keys() {
    local url=https://www.swift.org/keys/all-keys.asc
    [[ $address == "$official" ]] || url=$address/keys/all-keys.asc
    open_keyring "$scratch"
    take_keys "$keys" || die "gpg does not read $keys: $(tail -n 1 "$scratch/import.log")"
    if run curl "${curl_options[@]}" --silent --max-time "$patience" --max-filesize 1000000 --output "$scratch/keys" "$url" \
        2>"$scratch/keys.log"; then
        take_keys "$scratch/keys" || say "$url holds no keys; going on with those of this repository."
    else
        say "$url cannot be read; going on with the keys of this repository."
    fi
}

check_archive() {
    say 'Checking its signature'
    fetch_keys
    check_signature "$work/archive" "$scratch/archive.sig" "$keys" ||
        die_of_room "this archive is not to be trusted: $verdict.
       It came from $address and was deleted. Try again; if that says the same, tell the people who run that
       address, and do not use what it offers."
    say "  $verdict"
}

unpack() {
    say "Unpacking it into $target"
    mkdir "$work/swift"
    run tar -xzf "$work/archive" -C "$work/swift" --strip-components=1 --no-same-owner "${dots[@]}" \
        2>"$scratch/tar.log" ||
        die_of_room "the archive could not be unpacked. The last lines of tar: $(tail -n 3 "$scratch/tar.log")"
    [[ ! -t 2 ]] || printf '\n' >&2
    rm "$work/archive"
    answers "$work/swift" || die "what was unpacked is not Swift $version for this machine: $answer
       Nothing was installed. $by_hand"
}

# answers FOLDER: whether the compiler there runs and calls itself the wanted version; $answer is what it said.
answers() {
    answer=$("$1/usr/bin/swiftc" --version 2>&1) || return
    [[ $answer =~ Swift\ version\ ([0-9.]+) && ${BASH_REMATCH[1]} == "$version" ]]
}

install_swift() {
    require_platform
    local command
    for command in curl gpg tar gzip flock; do
        command -v "$command" >/dev/null || die "$command is missing here. make installs it before it runs this script."
    done
    one_at_a_time
    if answers "$target"; then
        say "Swift $version is in $target."
        return
    fi
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    rm -rf "$work"
    mkdir "$work"
    scratch=$(mktemp -d)
    fetch_archive
    check_archive
    unpack
    rm -rf "$target"
    mv --no-target-directory "$work/swift" "$target"
    say "Swift $version is in $target, and make uses it from there. For your own shell:
  export PATH=\"$target/usr/bin:\$PATH\""
}

case ${1:-} in
    '') install_swift ;;
    --ask) ask "${2:?--ask needs a reason}" ;;
    *) die "usage: Scripts/install-swift.sh [--ask REASON]" ;;
esac
