#!/usr/bin/env bash
# Makes the artefacts of a release in dist/.
#
# usage: Scripts/package.sh deb|sbom|dist BUILD-FLAGS...      (make deb, make sbom, make dist)
#   deb      the Debian package, for the Debian it is built on and later ones
#   sbom     what the server consists of, as CycloneDX JSON
#   dist     both, the executable, and SHA256SUMS
# The version is that of BuildInfo. DEB_VERSION_SUFFIX makes another Debian version of the same source, such as +bank1.
# SOURCE_DATE_EPOCH, by default the time of the last commit, is the date of everything; SOURCE_REVISION is the commit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh

readonly scratch=.build stage=.run/deb
readonly release=$scratch/release
version=$(sed -nE 's/^ *static let version = "([^"]+)"$/\1/p' Sources/App/BuildInfo.swift)
[[ -n $version ]] || die "Sources/App/BuildInfo.swift has no line 'static let version = \"...\"'"
readonly version

if [[ -z ${SOURCE_DATE_EPOCH:-} ]]; then
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
fi
export SOURCE_DATE_EPOCH
task=${1:-}
shift || true

take_turn dist
build_binary() {
    Scripts/release.sh "$@"
    mkdir -p dist
    install -m 755 "$release/databricks-jobs-mcp" dist/databricks-jobs-mcp
    # The commit that it names is the one that everything else names.
    SOURCE_REVISION=$(dist/databricks-jobs-mcp version | sed -nE 's/.*revision ([^,)]+).*/\1/p')
}

# What the licences of the libraries inside ask to be passed on.
notices() {
    local notice
    for notice in "$scratch"/checkouts/*/NOTICE.txt; do
        printf '=== %s ===\n\n' "$(basename "$(dirname "$notice")")"
        cat "$notice"
        printf '\n'
    done
}

build_deb() {
    local debian=$version-1${DEB_VERSION_SUFFIX:-} source=$stage/databricks-jobs-mcp-$version
    rm -rf "$stage"
    mkdir -p "$source/build" dist
    cp -r debian systemd docs README.md CHANGELOG.md SECURITY.md LICENSE "$source/"
    cp "$release/databricks-jobs-mcp" "$source/build/"
    notices >"$source/build/NOTICE"
    python3 Scripts/package/environment_file.py docs/settings.md >"$source/build/environment"
    cat >"$source/debian/changelog" <<END
databricks-jobs-mcp ($debian) stable; urgency=medium

  * Release $version; changelog.gz in this folder says what is new.
  * Commit $SOURCE_REVISION

 -- $(sed -n 's/^Maintainer: //p' debian/control)  $(date --utc --rfc-email --date="@$SOURCE_DATE_EPOCH")
END
    say "Building databricks-jobs-mcp $debian for Debian"
    (cd "$source" && dpkg-buildpackage --build=binary --no-sign --no-pre-clean) >"$stage/build.log" 2>&1 || die \
        "dpkg-buildpackage failed; the last lines of $stage/build.log:
$(tail -n 20 "$stage/build.log")"
    rm -f dist/*.deb
    mv "$stage"/*.deb dist/
    say dist/databricks-jobs-mcp_*.deb
}

build_sbom() {
    python3 Scripts/package/sbom.py --version "$version" --revision "$SOURCE_REVISION" --scratch "$scratch" \
        --binary dist/databricks-jobs-mcp >"dist/databricks-jobs-mcp-$version.cdx.json"
    say "dist/databricks-jobs-mcp-$version.cdx.json"
}

case $task in
    deb)
        build_binary "$@"
        build_deb
        ;;
    sbom)
        build_binary "$@"
        build_sbom
        ;;
    dist)
        build_binary "$@"
        build_deb
        build_sbom
        (cd dist && rm -f SHA256SUMS && sha256sum -- databricks-jobs-mcp* >SHA256SUMS)
        say "dist/SHA256SUMS"
        ;;
    *) die "usage: Scripts/package.sh deb|sbom|dist BUILD-FLAGS..." ;;
esac
