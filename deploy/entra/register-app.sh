#!/usr/bin/env bash
# Makes the API app registration of databricks-jobs-mcp in Microsoft Entra ID, or completes one that is there: version 2,
# scope jobs, app roles, optional claims, identifier URIs, permission for Azure Databricks, pre-authorised clients.
# May be repeated; what is already as it should be stays untouched. Makes no secret. Prints the client id.
#
# usage: deploy/entra/register-app.sh [options]
#
#   --name NAME          display name (Databricks Jobs MCP)
#   --client-id ID       complete this registration, instead of looking for NAME
#   --address URL        what users type, with /mcp; becomes an identifier URI. Leave it out until you know it.
#   --preauthorize ID    client application that may ask for the scope without consent; may be repeated. VS Code always is.
#   --no-consent         leave the administrator's consent for Azure Databricks to somebody else
#   --what-if            show what would be changed, and change nothing
#
# Wants the Azure CLI, signed in as an Application Administrator; consent wants a Privileged Role Administrator or Cloud
# Application Administrator. docs/sign-in.md says why each part is there.
set -euo pipefail
# shellcheck source=deploy/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

readonly databricks=2ff814a6-3304-4ab8-85cb-cd0e6f879c1d # Azure Databricks, the same in every cloud
readonly vscode=aebc6443-996d-45c2-90f0-388ff96faa56     # Visual Studio Code
# Ids of a scope and of roles are unique within one registration only, so these serve in every tenant.
readonly scope_id=5d7c2b1e-6f0a-4c53-9a0e-3f5b8c1d7a01
readonly read_role_id=5d7c2b1e-6f0a-4c53-9a0e-3f5b8c1d7a02
readonly run_role_id=5d7c2b1e-6f0a-4c53-9a0e-3f5b8c1d7a03

display_name='Databricks Jobs MCP' api='' address='' consent=yes
clients=("$vscode")
while (($# > 0)); do
    case $1 in
        --no-consent) consent=no ;;
        --what-if) what_if=yes ;;
        --help) usage && exit ;;
        --name | --client-id | --address | --preauthorize)
            need_value "$1" "${2:-}"
            case $1 in
                --name) display_name=$2 ;;
                --client-id) require_guid "$1" "$2" && api=$2 ;;
                --address) require_address "$1" "$2" && address=$2 ;;
                --preauthorize) require_guid "$1" "$2" && clients+=("$2") ;;
            esac
            shift
            ;;
        *) die "unknown option: $1; see --help" ;;
    esac
    shift
done
[[ $display_name =~ ^[A-Za-z0-9][A-Za-z0-9\ ._-]{0,119}$ ]] || die "--name must be letters, digits, blanks, . _ and -"
[[ -z $address || $address == */mcp ]] || die "--address must end in /mcp, as users type it, not '$address'"

# of_app QUERY: something of the registration; nothing while it exists in a dry run only.
of_app() { [[ $api == none ]] || look ad app show --id "$api" --query "$1"; }

# patch FILE: sends the members in FILE to Microsoft Graph.
patch() {
    change rest --method PATCH --uri "$graph/v1.0/applications/$object" --headers Content-Type=application/json \
        --body "@$1"
}

find_or_create() {
    step "Registration"
    if [[ -z $api ]]; then
        api=$(look ad app list --display-name "$display_name" --query "[?displayName=='$display_name'].appId")
        [[ $api != *$'\n'* ]] || die "several registrations are called '$display_name'; choose one with --client-id"
    fi
    if [[ -z $api ]]; then
        change ad app create --display-name "$display_name" --sign-in-audience AzureADMyOrg
        api=none
        [[ $what_if == yes ]] ||
            api=$(look ad app list --display-name "$display_name" --query "[?displayName=='$display_name'].appId")
        [[ -n $api ]] || die "the registration was made but is not listed yet; wait a minute and run this again"
        [[ $what_if == yes ]] || patiently ad app show --id "$api"
    fi
    say "    client id $api"
    exists ad sp show --id "$api" || patiently ad sp create --id "$api"
    object=$(of_app id)
    object=${object:-none}
}

# Before the identifier URIs: https ones outside the verified domains are open to version 2 only.
version_and_scope() {
    step "Version 2, scope jobs"
    local version others
    version=$(of_app api.requestedAccessTokenVersion)
    scope=$(of_app "api.oauth2PermissionScopes[?value=='jobs'].id")
    others=$(of_app "api.oauth2PermissionScopes[?value!='jobs'].value")
    if [[ $version == 2 && -n $scope ]]; then
        say "    are there"
        return
    fi
    [[ -z $others ]] ||
        die "this registration has other scopes (${others//$'\n'/, }), which this script would replace. Set version 2 and
       add the scope jobs in the portal (Manifest; Expose an API), or use a registration of its own: --name"
    scope=${scope:-$scope_id}
    cat >"$scratch/api.json" <<END
{
  "api": {
    "requestedAccessTokenVersion": 2,
    "oauth2PermissionScopes": [
      {
        "id": "$scope",
        "value": "jobs",
        "type": "User",
        "isEnabled": true,
        "adminConsentDisplayName": "Look at and start Databricks jobs",
        "adminConsentDescription": "Lets the application look at Databricks jobs and start them as the signed-in user.",
        "userConsentDisplayName": "Look at and start your Databricks jobs",
        "userConsentDescription": "Lets the application look at Databricks jobs and start them as you."
      }
    ]
  }
}
END
    patch "$scratch/api.json"
}

roles() {
    step "App roles Jobs.Read and Jobs.Run, for applications only"
    local present
    present=$(of_app "appRoles[].value")
    if [[ $present == *Jobs.Read* && $present == *Jobs.Run* ]]; then
        say "    are there"
        return
    fi
    [[ -z $present ]] || die "this registration has other app roles (${present//$'\n'/, }), which this script would replace.
       Add Jobs.Read and Jobs.Run in the portal (App roles, allowed member types: Applications)"
    cat >"$scratch/roles.json" <<END
{
  "appRoles": [
    {
      "id": "$read_role_id",
      "value": "Jobs.Read",
      "displayName": "Jobs.Read",
      "description": "Look at jobs and runs as an application.",
      "isEnabled": true,
      "allowedMemberTypes": ["Application"]
    },
    {
      "id": "$run_role_id",
      "value": "Jobs.Run",
      "displayName": "Jobs.Run",
      "description": "Start jobs as an application.",
      "isEnabled": true,
      "allowedMemberTypes": ["Application"]
    }
  ]
}
END
    patch "$scratch/roles.json"
}

claims() {
    step "Optional claims idtyp, acct, xms_cc in access tokens"
    local present
    present=$(of_app "optionalClaims.accessToken[].name")
    if [[ $present == *idtyp* && $present == *acct* && $present == *xms_cc* ]]; then
        say "    are there"
        return
    fi
    [[ -z $present ]] || die "this registration has other optional claims (${present//$'\n'/, }), which this script would
       replace. Add idtyp, acct and xms_cc in the portal (Token configuration, Access)"
    cat >"$scratch/claims.json" <<END
{
  "optionalClaims": {
    "accessToken": [{ "name": "idtyp" }, { "name": "acct" }, { "name": "xms_cc" }]
  }
}
END
    patch "$scratch/claims.json"
}

identifier_uris() {
    step "Identifier URIs"
    local present uri
    local -a uris=()
    present=$(of_app "identifierUris")
    [[ -z $present ]] || mapfile -t uris <<<"$present"
    local count=${#uris[@]}
    for uri in "api://$api" $address; do
        [[ " ${uris[*]} " == *" $uri "* ]] || uris+=("$uri")
    done
    if ((${#uris[@]} == count)); then
        say "    are there"
        return
    fi
    hint="An https address outside your verified domains needs version 2 and no tenant policy against it; see docs/sign-in.md."
    patiently ad app update --id "$api" --identifier-uris "${uris[@]}"
}

preauthorized() {
    step "Pre-authorised clients"
    local present client line entries=''
    local -a lines=()
    present=$(of_app "api.preAuthorizedApplications[].[appId,join(' ',delegatedPermissionIds)]")
    [[ -z $present ]] || mapfile -t lines <<<"$present"
    local count=${#lines[@]}
    for client in "${clients[@]}"; do
        [[ $present == *"$client"* ]] || lines+=("$client"$'\t'"$scope")
    done
    if ((${#lines[@]} == count)); then
        say "    are there"
        return
    fi
    # The list is replaced as a whole, so those that are there are sent again.
    for line in "${lines[@]}"; do
        local ids=${line#*$'\t'}
        entries+="${entries:+, }{ \"appId\": \"${line%%$'\t'*}\", \"delegatedPermissionIds\": [\"${ids// /\", \"}\"] }"
    done
    printf '{ "api": { "preAuthorizedApplications": [%s] } }\n' "$entries" >"$scratch/clients.json"
    patch "$scratch/clients.json"
}

databricks_permission() {
    step "Permission to exchange users' tokens for Azure Databricks"
    exists ad sp show --id "$databricks" ||
        die "Azure Databricks is not known in this tenant yet: open a workspace once, or run az ad sp create --id $databricks"
    local permission present=''
    permission=$(look ad sp show --id "$databricks" --query "oauth2PermissionScopes[?value=='user_impersonation'].id")
    [[ $api == none ]] || present=$(look ad app permission list --id "$api" \
        --query "[?resourceAppId=='$databricks'].resourceAccess[].id")
    if [[ $present == *"$permission"* ]]; then
        say "    is there"
    else
        change ad app permission add --id "$api" --api "$databricks" --api-permissions "$permission=Scope"
    fi
    if [[ $consent == no ]]; then
        say "    still wanted, by an administrator: az ad app permission admin-consent --id $api"
        return
    fi
    hint="Consent wants an administrator. Run this again with --no-consent and have somebody who may run
       az ad app permission admin-consent --id $api"
    patiently ad app permission admin-consent --id "$api"
}

sign_in
say "Tenant $tenant"
find_or_create
version_and_scope
roles
claims
identifier_uris
preauthorized
databricks_permission
hint=''
if [[ -z $address ]]; then
    say "    When the address is known: $0 --client-id $api --address https://.../mcp"
fi
say "Done. AZURE_TENANT_ID=$tenant AZURE_CLIENT_ID=$api"
printf '%s\n' "$api"
