#!/usr/bin/env bash
# Checks what a release consists of without starting it: the units, the Debian package, the image's recipe, the bill of
# materials and the checksums. `make package-check` builds them first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh

# Ten times the exposure that systemd-analyze shows.
readonly exposure=15
readonly venv=.run/venv-package unit=databricks-jobs-mcp
take_turn dist
deb=$(ls dist/databricks-jobs-mcp_*.deb 2>/dev/null) || die "there is no package in dist/; run: make dist"
readonly deb
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
dpkg-deb --extract "$deb" "$tree/package"
dpkg-deb --control "$deb" "$tree/control"

# --- Tools from PyPI, once -----------------------------------------------------------------------------------------

if ! cmp -s Scripts/package/requirements.txt "$venv/installed.txt"; then
    rm -rf "$venv"
    mkdir -p .run
    { python3 -m venv "$venv" && "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        --requirement Scripts/package/requirements.txt; } >.run/pip-package.log 2>&1 ||
        die "could not install Scripts/package/requirements.txt; the last lines of .run/pip-package.log:
$(tail -n 8 .run/pip-package.log)"
    cp Scripts/package/requirements.txt "$venv/installed.txt"
fi

# --- Units ---------------------------------------------------------------------------------------------------------

# The package's files over those that systemd brings, with stand-ins for what the other packages bring.
verify_units() {
    local root=$tree/root
    cp -r "$tree/package" "$root"
    cp -rn /lib/systemd/system/. "$root/lib/systemd/system/"
    mkdir -p "$root/bin"
    cp /bin/true "$root/bin/kill"
    systemd-analyze --root="$root" verify --man=no --recursive-errors=no "$unit.service" "$unit.socket"
}
measure_exposure() {
    systemd-analyze security --no-pager --offline=true --threshold="$exposure" "systemd/$unit.service"
}
check "the units have no error and no unknown key" verify_units
check "the service's exposure is at most $((exposure / 10)).$((exposure % 10))" measure_exposure

# --- The Debian package --------------------------------------------------------------------------------------------

# entry PATH MODE OWNER: the package has this file or folder.
entry() {
    dpkg-deb --contents "$deb" | awk -v path="./$1" -v mode="$2" -v owner="$3" '
        $6 == path { found = 1; if ($1 != mode || $2 != owner) { print; bad = 1 } }
        END { if (!found) print "not in the package: " path; exit !found || bad }'
}
has_dependencies() {
    local name depends
    depends=$(dpkg-deb --field "$deb" Depends)
    for name in ca-certificates procps systemd libc6 libcurl4 libssl3 libsystemd0; do
        [[ ", $depends," =~ ", $name"[\ ,] ]] || { say "no $name in: $depends"; return 1; }
    done
}
conffile_is_the_only_one() { [[ $(cat "$tree/control/conffiles") == /etc/databricks-jobs-mcp/environment ]]; }
environment_sets_nothing() { ! grep -vE '^(#.*)?$' "$tree/package/etc/databricks-jobs-mcp/environment"; }
# Each setting of the reference but those that a platform sets, that the socket replaces, or that is a secret.
environment_is_complete() {
    local name missing=0
    while read -r name; do
        case $name in
            MCP_HOST | MCP_PORT | AZURE_CLIENT_SECRET | CONTAINER_APP_* | IDENTITY_* | IMDS_* | MSI_*) continue ;;
            AZURE_FEDERATED_TOKEN_FILE) continue ;;
        esac
        grep -q "^#$name=" "$tree/package/etc/databricks-jobs-mcp/environment" || { say "missing: $name"; missing=1; }
    done < <(awk -F ' [|] ' '/^[|] `[A-Z]/ { print $1 }' docs/settings.md | grep -oE '[A-Z0-9_]{2,}')
    return "$missing"
}
version_is_the_same() {
    local said
    said=$("$tree/package/usr/bin/$unit" version)
    [[ $said == "databricks-jobs-mcp $(dpkg-deb --field "$deb" Version | sed 's/-1.*//') "* ]] || { say "$said in $deb"; return 1; }
}
man_page_names_the_subcommands() {
    local name
    for name in $("dist/$unit" --help | sed -nE '/^SUBCOMMANDS/,/^$/s/^  ([a-z-]+).*/\1/p'); do
        grep -qE "^\.It Cm $name\$" "docs/$unit.8" || { say "no $name"; return 1; }
    done
}
man_page_is_clean() {
    local output
    # What this machine's index of pages lacks is no fault of the page.
    output=$(mandoc -T lint -W style "docs/$unit.8" 2>&1 | grep -v 'outdated mandoc.db') || return 0
    say "$output"
    return 1
}
check "lintian finds no error and no warning" \
    lintian --allow-root --suppress-tags bad-distribution-in-changes-file --fail-on error,warning "$deb"
check "it depends on what the executable asks for, and on what the unit calls" has_dependencies
check "the settings are its only conffile" conffile_is_the_only_one
check "the settings file is for root" entry etc/databricks-jobs-mcp/environment -rw-r----- root/root
check "the folder of secrets is for root" entry etc/databricks-jobs-mcp/credentials/ drwx------ root/root
check "every setting is in it, commented out" environment_is_complete
check "it sets nothing by itself" environment_sets_nothing
check "no sandbox is in it" bash -c "! dpkg-deb --contents '$deb' | grep -E '/bin/.*(sandbox|fixture)'"
check "package and executable have one version" version_is_the_same
check "the manual page has no fault" man_page_is_clean
check "the manual page names every subcommand" man_page_names_the_subcommands

# --- The executable ------------------------------------------------------------------------------------------------

has_no_swift_library() { ! objdump -p "dist/$unit" | grep -E 'NEEDED +lib(swift|Foundation|dispatch|stdc)'; }
is_relocatable() { objdump -p "dist/$unit" | awk '/FLAGS_1/ && /0x0*8000001/ { found = 1 } END { exit !found }'; }
check "the Swift runtime is inside" has_no_swift_library
check "it is position-independent and binds its symbols at the start" is_relocatable

# --- The image's recipe, the bill of materials, the checksums ------------------------------------------------------

sbom_is_right() { "$venv/bin/python" Scripts/package/check_sbom.py dist/databricks-jobs-mcp-*.cdx.json "dist/$unit"; }
checksums_hold() { (cd dist && sha256sum --check --quiet --strict SHA256SUMS && [[ $(wc -l <SHA256SUMS) -ge 3 ]]); }
check "hadolint finds nothing in the Dockerfile" "$venv/bin/hadolint" Dockerfile
check "the bill of materials is valid and names what is linked" sbom_is_right
check "the checksums hold" checksums_hold

closing package-check "$passed" "$failed"
