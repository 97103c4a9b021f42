#!/usr/bin/env bash
# Mutates the seeds of Fuzz/Corpus under libFuzzer and the address sanitizer, one subject after the other, and checks
# what Fuzz/Properties says must hold for every input. A finding fails the run; its input is kept in .run/fuzz.
#
# usage: Scripts/fuzz.sh [SUBJECT ...]            all subjects, FUZZ_SECONDS (60) each
#        Scripts/fuzz.sh --reproduce SUBJECT FILE  checks one input
#        Scripts/fuzz.sh --merge SUBJECT           adds to the seeds what widens their coverage, for a commit
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh

readonly seconds=${FUZZ_SECONDS:-60} found=.run/fuzz scratch=.build-fuzz
[[ $seconds =~ ^[1-9][0-9]{0,5}$ ]] || die "FUZZ_SECONDS is a number of seconds above 0, not '$seconds'"

mapfile -t subjects < <(ls Fuzz/Corpus)

# is_subject NAME: ends the script unless there are seeds for NAME.
is_subject() {
    [[ -n ${1:-} && -d Fuzz/Corpus/$1 ]] || die "no subject is called '${1:-}'; there are: ${subjects[*]}"
}

build() {
    local runtime
    runtime=$(swiftc -print-target-info | sed -nE 's/.*"runtimeResourcePath" *: *"([^"]+)".*/\1/p')
    compgen -G "$runtime/clang/lib/linux/libclang_rt.fuzzer-*.a" >/dev/null ||
        die "this Swift toolchain has no libFuzzer (libclang_rt.fuzzer); that of swift.org has it."
    say "Building the fuzzer into $scratch"
    # Of several -sanitize the compiler heeds the last, so both stand in one. Nothing refers to the coverage counters,
    # so a linker that strips could take them for dead.
    FUZZ=1 swift build -c release --product Fuzz --scratch-path "$scratch" --disable-dead-strip \
        --sanitize fuzzer -Xswiftc -sanitize=address,fuzzer
}

# fuzzer SUBJECT ARGUMENT...: runs libFuzzer. Swift's own crash handler would wait for a debugger inside the
# sanitizer's; a process that hangs in spite of all limits is killed after GRACE seconds.
fuzzer() {
    local subject=$1 grace=${grace:-$((5 * patience))}
    shift
    FUZZ_SUBJECT=$subject SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 \
        timeout --signal=KILL "$grace" "$scratch/release/Fuzz" -timeout="$patience" -rss_limit_mb=2048 -malloc_limit_mb=512 \
        -dict="Fuzz/Dictionaries/$subject.dict" -artifact_prefix="$found/$subject-" "$@" </dev/null
}

# longest SUBJECT: the longest input worth making, in bytes; long ones are slow and seldom tell more.
longest() {
    case $1 in
        JSONParser) echo 1024 ;;
        *) echo 4096 ;;
    esac
}

# figure LOG PATTERN: the last number that stands in PATTERN's group.
figure() { sed -nE "s/.*$2.*/\1/p" "$1" | tail -n 1; }

# explain SUBJECT LOG: what was found, and how to see it again.
explain() {
    local input
    input=$(figure "$2" 'Test unit written to ([^ ]+)')
    say "${red}FINDING$plain in $1: $(grep -aE -m 1 'breaks a property|^SUMMARY|Fatal error|ERROR:' "$2" | cut -c1-400)"
    say "        input      ${input:-none was written; the last one is in memory only}"
    say "        whole log  $2"
    [[ -z $input ]] || say "        again      Scripts/fuzz.sh --reproduce $1 $input
        then       fix it, and commit the input as Fuzz/Corpus/$1/NAME: the tests run it from then on"
}

# fuzz SUBJECT: one bounded run; a status above 0 is a finding.
fuzz() {
    local subject=$1 log=$found/$1.log status=0 grace=$((seconds + 2 * patience))
    mkdir -p "$found/corpus/$subject"
    say "$subject: $(find "Fuzz/Corpus/$subject" -type f | wc -l) seeds, $seconds seconds"
    fuzzer "$subject" -max_total_time="$seconds" -max_len="$(longest "$subject")" -print_final_stats=1 \
        "$found/corpus/$subject" "Fuzz/Corpus/$subject" >"$log" 2>&1 || status=$?
    ((status == 0)) || explain "$subject" "$log"
    local runs edges features
    runs=$(figure "$log" 'stat::number_of_executed_units: ([0-9]+)')
    edges=$(figure "$log" ' cov: ([0-9]+)')
    features=$(figure "$log" ' ft: ([0-9]+)')
    if ((status == 0 && ${edges:-0} < 500)); then
        say "${red}FINDING$plain in the build: $subject covers next to nothing, so its mutations are blind; see $log"
        status=1
    fi
    say "$subject: ${runs:-$(figure "$log" '^#([0-9]+)')} executions, ${edges:-0} edges and ${features:-0} features" \
        "covered, $((status != 0)) findings"
    return "$status"
}

mkdir -p "$found"
case ${1:-} in
    --reproduce)
        is_subject "${2:-}"
        [[ -f ${3:-} ]] || die "no such file: ${3:-}"
        build
        fuzzer "$2" "$3"
        ;;
    --merge)
        is_subject "${2:-}"
        build
        mkdir -p "$found/corpus/$2"
        fuzzer "$2" -merge=1 -max_len="$(longest "$2")" "Fuzz/Corpus/$2" "$found/corpus/$2" 2>&1 | tail -n 3
        ;;
    *)
        for subject in "$@"; do is_subject "$subject"; done
        (($# == 0)) || subjects=("$@")
        build
        passed=0 failed=0
        for subject in "${subjects[@]}"; do
            if fuzz "$subject"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
        done
        closing fuzz "$passed" "$failed"
        ;;
esac
