# shellcheck shell=bash
# What the deployment scripts share: output, dry runs, the Azure CLI with errors that say what to do.
# Source it after `set -euo pipefail`. deploy/lib.ps1 is its twin.

what_if=no

((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)) || {
    printf 'error: this wants bash 4.4 or later; macOS has an old one: brew install bash, or use the PowerShell script\n' >&2
    exit 1
}

# Texts for the Azure CLI go through files: quoting differs between shells and platforms, and command lines are seen by
# every user of the machine.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# say TEXT: one line for the reader; standard output stays free for results.
say() { printf '%s\n' "$*" >&2; }

# step TEXT: what begins now.
step() { say "==> $*"; }

# die TEXT: ends the script; TEXT tells what is wrong and what to do.
die() {
    say "error: $*"
    exit 1
}

# usage: prints the comment at the head of the script.
usage() {
    sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"
}

# need_value OPTION [VALUE]: ends the script when an option stands alone.
need_value() { [[ -n ${2:-} && $2 != --* ]] || die "$1 wants a value; see --help"; }

# require_guid OPTION VALUE
require_guid() {
    [[ $2 =~ ^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$ ]] || die "$1 must be a GUID, not '$2'"
}

# require_address OPTION VALUE: https, lower case, a path or none, no slash at the end: Entra ID compares such addresses
# byte by byte (E-130).
require_address() {
    [[ $2 =~ ^https://[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?$ && $2 != */ ]] ||
        die "$1 must be an https address in lower case without a slash at the end, not '$2'"
}

# require_number OPTION VALUE LOWEST HIGHEST
require_number() {
    if [[ ! $2 =~ ^[0-9]{1,6}$ ]] || ((10#$2 < $3 || 10#$2 > $4)); then
        die "$1 must be a whole number from $3 to $4, not '$2'"
    fi
}

# sign_in: sets tenant, authority, audience and graph from the cloud and account that the Azure CLI is signed in to.
sign_in() {
    command -v az >/dev/null ||
        die "the Azure CLI is not installed; see https://learn.microsoft.com/cli/azure/install-azure-cli"
    local cloud
    tenant=$(az account show --query tenantId --output tsv 2>/dev/null) ||
        die "not signed in; run: az login (add --tenant ID when you belong to several)"
    cloud=$(look cloud show --query name)
    authority=$(look cloud show --query endpoints.activeDirectory)
    graph=$(look cloud show --query endpoints.microsoftGraphResourceId)
    case $cloud in
        AzureUSGovernment) audience=api://AzureADTokenExchangeUSGov ;;
        AzureChinaCloud) audience=api://AzureADTokenExchangeChina ;;
        *) audience=api://AzureADTokenExchange ;;
    esac
    authority=${authority%/} graph=${graph%/}
    export tenant authority audience graph
}

# look ARGUMENT...: runs the Azure CLI to read something; prints bare values, one a line.
look() {
    az "$@" --output tsv --only-show-errors ||
        die "az $1 $2 could not read what this needs; the lines above say why"
}

# exists ARGUMENT...: whether the Azure CLI finds it.
exists() { az "$@" --output none --only-show-errors 2>/dev/null; }

# change ARGUMENT...: runs the Azure CLI to change something; with --what-if only shows the command.
change() {
    if [[ $what_if == yes ]]; then
        say "    would run: az$(printf ' %q' "$@")"
        return
    fi
    az "$@" --output none --only-show-errors ||
        die "az $1 $2 was refused; the lines above say why. ${hint:-Mend that and run this script again: it goes on where it stopped.}"
}

# patiently ARGUMENT...: as change, tried again for a minute: the directory needs some time to know a new object.
patiently() {
    if [[ $what_if == yes ]]; then
        change "$@"
        return
    fi
    local attempt
    for attempt in {1..12}; do
        if az "$@" --output none --only-show-errors 2>"$scratch/refused"; then return; fi
        sleep "${PATIENCE_SECONDS:-5}"
    done
    cat "$scratch/refused" >&2
    die "az $1 $2 was refused $attempt times; the lines above say why. ${hint:-}"
}
