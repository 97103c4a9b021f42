#!/usr/bin/env bash
# Stands in for the sources while a container image compiles the dependencies, so that they are compiled only when
# Package.swift changes.
#
# usage: skeleton.sh make|remove
#   make     puts an empty file into each target of Package.swift that is not there; those in C have to be
#   remove   takes those of Sources away; the tests keep theirs, because a target without a file is an error
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# targets: a line "TYPE NAME PATH" for each; the manifest as JSON has the keys of a target at this depth only.
targets() {
    swift package dump-package | awk -F '"' '
        /^      "name" : "/ { name = $4 }
        /^      "path" : "/ { path = $4 }
        /^      "type" : "/ { print $4, name, (path != "" ? path : ($4 == "test" ? "Tests/" : "Sources/") name) }
        /^    [{]/ { name = path = "" }'
}

case ${1:-} in
    make)
        targets | while read -r type _ path; do
            [[ ! -e $path ]] || continue
            mkdir -p "$path"
            if [[ $type == executable ]]; then
                printf '@main struct Skeleton { static func main() {} }\n' >"$path/Skeleton.swift"
            else
                printf '// Nothing yet.\n' >"$path/Skeleton.swift"
            fi
        done
        ;;
    remove) find Sources -name Skeleton.swift -delete ;;
    *)
        echo "usage: skeleton.sh make|remove" >&2
        exit 64
        ;;
esac
