#!/usr/bin/env bash
# Puts databricks-jobs-mcp into Azure Container Apps with plain Azure CLI commands: resource group, logs, registry, image,
# identity, AcrPull, environment, federated credential, app. No secret anywhere. May be repeated: it makes what is missing
# and updates the app. deploy.ps1 is the same for PowerShell, main.bicep the same as a template.
#
# usage: deploy/container-apps/deploy.sh --resource-group NAME --client-id ID --databricks-host URL [options]
#
#   --resource-group NAME     resource group; made when it is missing
#   --client-id ID            the API app registration, from deploy/entra/register-app.sh
#   --databricks-host URL     the workspace
#   --location REGION         region (westeurope)
#   --name NAME               name of the app, and the first part of its address (databricks-jobs-mcp)
#   --registry NAME           registry; unique in Azure (made from resource group and subscription)
#   --tag TAG                 tag of the image that is built from this folder (the commit)
#   --image IMAGE             run this image of the registry instead of building one
#   --base-url URL            public address without /mcp, for a domain of your own
#   --certificate-id ID       with --base-url: its certificate in the environment; without it the domain is unbound
#   --min-replicas N          replicas that always run (1)
#   --max-replicas N          replicas at most (5)
#   --concurrent-requests N   requests in progress per replica above which another one is started (50)
#   --cpu CORES               0.25, 0.5, 0.75, 1.0 or 2.0 (0.5), with 2 GiB of memory for each core
#   --log-level LEVEL         trace, debug, info, notice, warning, error or critical (info)
#   --read-only               nothing can be started through this server
#   --allowed-jobs RULES      jobs that may be started, such as "name:nightly *,tag:mcp"
#   --otlp-endpoint URL       where traces go
#   --subnet-id ID            subnet of your own, delegated to Microsoft.App/environments
#   --internal                with --subnet-id: no public address
#   --no-federation           leave the federated credential to somebody else
#   --what-if                 show what would be changed, and change nothing
#
# Wants the Azure CLI, signed in as Owner of the resource group (it assigns a role) and owner of the registration.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=deploy/lib.sh
source "$here/../lib.sh"

group='' client_id='' databricks_host='' location=westeurope name=databricks-jobs-mcp registry='' tag='' image=''
base_url='' certificate_id='' min_replicas=1 max_replicas=5 concurrent_requests=50 cpu=0.5 log_level=info
read_only=false allowed_jobs='' otlp_endpoint='' subnet_id='' internal=false federation=yes
while (($# > 0)); do
    case $1 in
        --read-only) read_only=true ;;
        --internal) internal=true ;;
        --no-federation) federation=no ;;
        --what-if) what_if=yes ;;
        --help) usage && exit ;;
        --*)
            need_value "$1" "${2:-}"
            case $1 in
                --resource-group) group=$2 ;;
                --client-id) client_id=$2 ;;
                --databricks-host) databricks_host=$2 ;;
                --location) location=$2 ;;
                --name) name=$2 ;;
                --registry) registry=$2 ;;
                --tag) tag=$2 ;;
                --image) image=$2 ;;
                --base-url) base_url=$2 ;;
                --certificate-id) certificate_id=$2 ;;
                --min-replicas) min_replicas=$2 ;;
                --max-replicas) max_replicas=$2 ;;
                --concurrent-requests) concurrent_requests=$2 ;;
                --cpu) cpu=$2 ;;
                --log-level) log_level=$2 ;;
                --allowed-jobs) allowed_jobs=$2 ;;
                --otlp-endpoint) otlp_endpoint=$2 ;;
                --subnet-id) subnet_id=$2 ;;
                *) die "unknown option: $1; see --help" ;;
            esac
            shift
            ;;
        *) die "unknown option: $1; see --help" ;;
    esac
    shift
done

check_options() {
    [[ $group =~ ^[A-Za-z0-9_().-]{1,90}$ ]] || die "--resource-group is wanted; see --help"
    require_guid --client-id "$client_id"
    require_address --databricks-host "$databricks_host"
    [[ $location =~ ^[a-z0-9]+$ ]] || die "--location must be a region such as westeurope, not '$location'"
    [[ $name =~ ^[a-z]([a-z0-9-]{0,30}[a-z0-9])$ && $name != *--* ]] ||
        die "--name must be 2 to 32 lower-case letters, digits and single hyphens, not '$name'"
    [[ -z $base_url ]] || require_address --base-url "$base_url"
    [[ $base_url != */mcp ]] || die "--base-url is the address without /mcp"
    [[ -z $certificate_id || $certificate_id == /subscriptions/*ertificates/* ]] ||
        die "--certificate-id must be a resource id: az containerapp env certificate list"
    [[ -z $certificate_id || -n $base_url ]] || die "--certificate-id wants --base-url"
    require_number --min-replicas "$min_replicas" 1 25
    require_number --max-replicas "$max_replicas" "$min_replicas" 300
    require_number --concurrent-requests "$concurrent_requests" 1 1000
    case $cpu in
        0.25) memory=0.5Gi ;;
        0.5) memory=1.0Gi ;;
        0.75) memory=1.5Gi ;;
        1.0) memory=2.0Gi ;;
        2.0) memory=4.0Gi ;;
        *) die "--cpu must be 0.25, 0.5, 0.75, 1.0 or 2.0, not '$cpu'" ;;
    esac
    [[ $log_level =~ ^(trace|debug|info|notice|warning|error|critical)$ ]] ||
        die "--log-level must be trace, debug, info, notice, warning, error or critical, not '$log_level'"
    [[ $allowed_jobs != *[\"\\@]* ]] || die "--allowed-jobs cannot hold quotes, backslashes or at signs here"
    [[ -z $otlp_endpoint || $otlp_endpoint =~ ^https?://[A-Za-z0-9.:/_-]+$ ]] ||
        die "--otlp-endpoint must be an address, not '$otlp_endpoint'"
    [[ -z $subnet_id || $subnet_id == /subscriptions/*/subnets/* ]] || die "--subnet-id must be a resource id"
    [[ $internal == false || -n $subnet_id ]] || die "--internal wants --subnet-id"
}

group_and_providers() {
    step "Resource group $group"
    hint="Registering providers and making a group want Contributor on the subscription."
    local provider
    for provider in Microsoft.App Microsoft.ContainerRegistry Microsoft.OperationalInsights Microsoft.ManagedIdentity \
        Microsoft.Insights; do
        change provider register --namespace "$provider" --wait
    done
    exists group show --name "$group" || change group create --name "$group" --location "$location"
    hint=''
}

# show COMMAND... QUERY: something of a resource; a stand-in for it while it exists in a dry run only.
show() {
    local query=${*: -1}
    if [[ $what_if == yes ]] && ! exists "${@:1:$#-1}"; then
        printf 'to-be-made\n'
    else
        look "${@:1:$#-1}" --query "$query"
    fi
}

logs_and_registry() {
    step "Log workspace $name-logs"
    local workspace=(monitor log-analytics workspace show --resource-group "$group" --workspace-name "$name-logs")
    exists "${workspace[@]}" || change monitor log-analytics workspace create --resource-group "$group" \
        --workspace-name "$name-logs" --location "$location" --retention-time 30
    workspace_id=$(show "${workspace[@]}" id)
    log_workspace=$(show "${workspace[@]}" customerId)

    step "Registry $registry"
    hint="The name of a registry is unique in Azure: choose another one with --registry."
    local acr=(acr show --resource-group "$group" --name "$registry")
    exists "${acr[@]}" || change acr create --resource-group "$group" --name "$registry" --location "$location" \
        --sku Basic --admin-enabled false
    hint=''
    registry_id=$(show "${acr[@]}" id)
    registry_server=$(show "${acr[@]}" loginServer)
}

build() {
    if [[ -n $image ]]; then
        step "Image $image, as it is"
        return
    fi
    image=$registry_server/databricks-jobs-mcp:$tag
    step "Image $image: built in the registry, which takes some minutes"
    hint="The log above ends with the reason. A network rule on the registry also keeps its builders out."
    change acr build --registry "$registry" --image "databricks-jobs-mcp:$tag" --file "$here/../../Dockerfile" \
        --timeout 3600 "$here/../.."
    hint=''
}

identity() {
    step "Identity $name-identity, which may pull images"
    local identity=(identity show --resource-group "$group" --name "$name-identity")
    exists "${identity[@]}" || change identity create --resource-group "$group" --name "$name-identity" \
        --location "$location"
    identity_id=$(show "${identity[@]}" id)
    identity_client_id=$(show "${identity[@]}" clientId)
    identity_principal_id=$(show "${identity[@]}" principalId)
    # AcrPull, by its id: the name can be translated.
    local role=7f951dda-4ed3-4680-a7ca-43fe172d538d assigned=''
    [[ $identity_principal_id == to-be-made ]] || assigned=$(look role assignment list --scope "$registry_id" \
        --assignee "$identity_principal_id" --role "$role" --query "[].id")
    hint="Assigning a role wants Owner or User Access Administrator on the registry."
    [[ -n $assigned ]] || patiently role assignment create --scope "$registry_id" --role "$role" \
        --assignee-object-id "$identity_principal_id" --assignee-principal-type ServicePrincipal
    hint=''
}

environment() {
    step "Environment $name-environment"
    local environment=(containerapp env show --resource-group "$group" --name "$name-environment")
    local network=()
    [[ -z $subnet_id ]] || network=(--infrastructure-subnet-resource-id "$subnet_id" --internal-only "$internal")
    exists "${environment[@]}" || change containerapp env create --resource-group "$group" --name "$name-environment" \
        --location "$location" --enable-workload-profiles true --logs-destination azure-monitor "${network[@]}"
    environment_id=$(show "${environment[@]}" id)
    public_url=${base_url:-https://$name.$(show "${environment[@]}" properties.defaultDomain)}
    cat >"$scratch/categories.json" <<'END'
[
  { "category": "ContainerAppConsoleLogs", "enabled": true },
  { "category": "ContainerAppSystemLogs", "enabled": true }
]
END
    change monitor diagnostic-settings create --name "$name-logs" --resource "$environment_id" \
        --workspace "$workspace_id" --logs "@$scratch/categories.json"
}

federate() {
    if [[ $federation == no ]]; then
        say "    still wanted, by an owner of the registration:
       deploy/entra/federate.sh --client-id $client_id --subject $identity_principal_id"
    elif [[ $identity_principal_id == to-be-made ]]; then
        step "Trust of the registration in the identity, when that is there"
    else
        local dry=()
        [[ $what_if == no ]] || dry=(--what-if)
        "$here/../entra/federate.sh" --client-id "$client_id" --subject "$identity_principal_id" "${dry[@]}"
    fi
}

app() {
    step "App $name"
    local text
    text=$(<"$here/app.yaml")
    local -A values=(
        [NAME]=$name [LOCATION]=$location [IDENTITY_ID]=$identity_id [ENVIRONMENT_ID]=$environment_id
        [REGISTRY_SERVER]=$registry_server [IMAGE]=$image [CPU]=$cpu [MEMORY]=$memory [TENANT_ID]=$tenant
        [CLIENT_ID]=$client_id [AUTHORITY_HOST]=${authority#https://} [PUBLIC_URL]=$public_url
        [HOST]=${base_url#https://} [CERTIFICATE_ID]=$certificate_id
        [IDENTITY_CLIENT_ID]=$identity_client_id [DATABRICKS_HOST]=$databricks_host [READ_ONLY]=$read_only
        [LOG_LEVEL]=$log_level [ALLOWED_JOBS]=$allowed_jobs [OTLP_ENDPOINT]=$otlp_endpoint
        [MIN_REPLICAS]=$min_replicas [MAX_REPLICAS]=$max_replicas [CONCURRENT_REQUESTS]=$concurrent_requests
    )
    local key
    for key in "${!values[@]}"; do text=${text//"@$key@"/"${values[$key]}"}; done
    grep -vE '(value|certificateId): "" }$' <<<"$text" >"$scratch/app.yaml"
    hint="az containerapp logs show --resource-group $group --name $name --type system   tells why a replica does not start."
    change containerapp create --resource-group "$group" --name "$name" --yaml "$scratch/app.yaml"
    hint=''
}

check_options
sign_in
subscription=$(look account show --query id)
letters=$(tr -cd 'a-z0-9' <<<"${group,,}")
registry=${registry:-mcp${letters:0:20}${subscription:0:8}}
[[ $registry =~ ^[A-Za-z0-9]{5,50}$ ]] || die "--registry must be 5 to 50 letters and digits, not '$registry'"
tag=${tag:-$(git -C "$here" rev-parse --short=12 HEAD 2>/dev/null || date -u +%Y%m%d%H%M%S)}
say "Tenant $tenant, subscription $subscription"
group_and_providers
logs_and_registry
build
identity
environment
federate
app
say "Done. Users type $public_url/mcp
    Tell the registration:  deploy/entra/register-app.sh --client-id $client_id --address $public_url/mcp
    Is it ready?            curl -i $public_url/readyz
    Logs:                   az monitor log-analytics query --workspace $log_workspace --analytics-query '...'"
printf '%s\n' "$public_url/mcp"
