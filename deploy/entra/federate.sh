#!/usr/bin/env bash
# Lets an identity act as the app registration of databricks-jobs-mcp, so that the server needs no secret: adds a
# federated credential, or corrects the one of that name. May be repeated.
#
# usage: deploy/entra/federate.sh --client-id ID --subject SUBJECT [options]
#
#   --client-id ID     the API app registration
#   --subject SUBJECT  Container Apps: the principal id of the user-assigned identity (not its client id).
#                      Kubernetes: system:serviceaccount:NAMESPACE:SERVICE-ACCOUNT
#   --issuer URL       Kubernetes: the cluster's OIDC issuer. Default: this tenant, which is right for an identity.
#   --name NAME        name of the credential (databricks-jobs-mcp)
#   --what-if          show what would be changed, and change nothing
#
# Wants the Azure CLI, signed in as an owner of the registration or an Application Administrator.
set -euo pipefail
# shellcheck source=deploy/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

client_id='' subject='' issuer='' name=databricks-jobs-mcp
while (($# > 0)); do
    case $1 in
        --what-if) what_if=yes ;;
        --help) usage && exit ;;
        --client-id | --subject | --issuer | --name)
            need_value "$1" "${2:-}"
            case $1 in
                --client-id) client_id=$2 ;;
                --subject) subject=$2 ;;
                --issuer) issuer=$2 ;;
                --name) name=$2 ;;
            esac
            shift
            ;;
        *) die "unknown option: $1; see --help" ;;
    esac
    shift
done
require_guid --client-id "$client_id"
[[ $subject =~ ^(system:serviceaccount:[a-z0-9.-]+:[a-z0-9.-]+|[0-9a-f-]{36})$ ]] ||
    die "--subject must be a principal id or system:serviceaccount:NAMESPACE:NAME, not '$subject'"
[[ $name =~ ^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$ ]] || die "--name must be 3 to 120 letters, digits, - and _, not '$name'"

sign_in
issuer=${issuer:-$authority/$tenant/v2.0}
[[ $issuer =~ ^https://[A-Za-z0-9._~/-]+$ ]] || die "--issuer must be an https address, not '$issuer'"
if [[ $subject == system:* && $issuer == "$authority"/* ]]; then
    die "a service account needs --issuer: az aks show --query oidcIssuerProfile.issuerUrl --output tsv ..."
fi

step "Trust: $subject may act as $client_id"
cat >"$scratch/credential.json" <<END
{
  "name": "$name",
  "issuer": "$issuer",
  "subject": "$subject",
  "audiences": ["$audience"],
  "description": "databricks-jobs-mcp proves its identity with this, instead of a secret"
}
END
hint="Are you an owner of the registration? A registration holds 20 federated credentials at most."
present=$(look ad app federated-credential list --id "$client_id" --query "[?name=='$name'].[issuer,subject,audiences[0]]")
if [[ $present == "$issuer"$'\t'"$subject"$'\t'"$audience" ]]; then
    say "    is there"
elif [[ -n $present ]]; then
    say "    corrects the one that is there"
    change ad app federated-credential update --id "$client_id" --federated-credential-id "$name" \
        --parameters "@$scratch/credential.json"
else
    change ad app federated-credential create --id "$client_id" --parameters "@$scratch/credential.json"
fi
say "    issuer $issuer, subject $subject, audience $audience"
say "    A new credential takes Entra ID some minutes; until then the server is not ready (AADSTS70021) and keeps trying."
