#Requires -Version 7.2
<#
.SYNOPSIS
Puts databricks-jobs-mcp into Azure Container Apps with plain Azure CLI commands. No secret anywhere.

.DESCRIPTION
Resource group, logs, registry, image, identity, AcrPull, environment, federated credential, app. May be repeated: it
makes what is missing and updates the app. deploy.sh is its twin, main.bicep the same as a template.
Wants PowerShell 7 and the Azure CLI, signed in as Owner of the resource group (it assigns a role) and owner of the
registration.

.PARAMETER ResourceGroup
Resource group; made when it is missing.

.PARAMETER ClientId
The API app registration, from deploy/entra/register-app.ps1.

.PARAMETER DatabricksHost
The workspace.

.PARAMETER Location
Region.

.PARAMETER Name
Name of the app, and the first part of its address.

.PARAMETER Registry
Registry; unique in Azure. Default: made from resource group and subscription.

.PARAMETER Tag
Tag of the image that is built from this folder. Default: the commit.

.PARAMETER Image
Run this image of the registry instead of building one.

.PARAMETER BaseUrl
Public address without /mcp, for a domain of your own.

.PARAMETER CertificateId
With BaseUrl: its certificate in the environment; without it the domain is unbound.

.PARAMETER MinReplicas
Replicas that always run.

.PARAMETER MaxReplicas
Replicas at most.

.PARAMETER ConcurrentRequests
Requests in progress per replica above which another one is started.

.PARAMETER Cpu
Cores of a replica, with 2 GiB of memory for each core.

.PARAMETER LogLevel
What the log holds. debug also shows why tokens are refused, never a token.

.PARAMETER ReadOnly
Nothing can be started through this server.

.PARAMETER AllowedJobs
Jobs that may be started, such as "name:nightly *,tag:mcp".

.PARAMETER OtlpEndpoint
Where traces go.

.PARAMETER SubnetId
Subnet of your own, delegated to Microsoft.App/environments.

.PARAMETER Internal
With SubnetId: no public address.

.PARAMETER NoFederation
Leave the federated credential to somebody else.

.PARAMETER WhatIf
Show what would be changed, and change nothing.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [ValidatePattern('^[A-Za-z0-9_().-]{1,90}$')] [string] $ResourceGroup,
    [Parameter(Mandatory)] [string] $ClientId,
    [Parameter(Mandatory)] [string] $DatabricksHost,
    [ValidatePattern('^[a-z0-9]+$')] [string] $Location = 'westeurope',
    [string] $Name = 'databricks-jobs-mcp',
    [string] $Registry = '',
    [string] $Tag = '',
    [string] $Image = '',
    [string] $BaseUrl = '',
    [string] $CertificateId = '',
    [ValidateRange(1, 25)] [int] $MinReplicas = 1,
    [ValidateRange(1, 300)] [int] $MaxReplicas = 5,
    [ValidateRange(1, 1000)] [int] $ConcurrentRequests = 50,
    [ValidateSet('0.25', '0.5', '0.75', '1.0', '2.0')] [string] $Cpu = '0.5',
    [ValidateSet('trace', 'debug', 'info', 'notice', 'warning', 'error', 'critical')] [string] $LogLevel = 'info',
    [switch] $ReadOnly,
    [string] $AllowedJobs = '',
    [string] $OtlpEndpoint = '',
    [string] $SubnetId = '',
    [switch] $Internal,
    [switch] $NoFederation,
    [switch] $WhatIf
)
. (Join-Path $PSScriptRoot '../lib.ps1')

Assert-Guid '-ClientId' $ClientId
Assert-Address '-DatabricksHost' $DatabricksHost
if ($Name -cnotmatch '^[a-z]([a-z0-9-]{0,30}[a-z0-9])$' -or $Name.Contains('--')) {
    Stop-Script "-Name must be 2 to 32 lower-case letters, digits and single hyphens, not '$Name'"
}
if ($BaseUrl) { Assert-Address '-BaseUrl' $BaseUrl }
if ($BaseUrl.EndsWith('/mcp')) { Stop-Script '-BaseUrl is the address without /mcp' }
if ($CertificateId -and $CertificateId -notlike '/subscriptions/*ertificates/*') {
    Stop-Script '-CertificateId must be a resource id: az containerapp env certificate list'
}
if ($CertificateId -and -not $BaseUrl) { Stop-Script '-CertificateId wants -BaseUrl' }
if ($MaxReplicas -lt $MinReplicas) { Stop-Script "-MaxReplicas must be $MinReplicas at least" }
if ($AllowedJobs -match '["\\@]') { Stop-Script '-AllowedJobs cannot hold quotes, backslashes or at signs here' }
if ($OtlpEndpoint -and $OtlpEndpoint -notmatch '^https?://[A-Za-z0-9.:/_-]+$') {
    Stop-Script "-OtlpEndpoint must be an address, not '$OtlpEndpoint'"
}
if ($SubnetId -and $SubnetId -notlike '/subscriptions/*/subnets/*') { Stop-Script '-SubnetId must be a resource id' }
if ($Internal -and -not $SubnetId) { Stop-Script '-Internal wants -SubnetId' }
$memories = @{ '0.25' = '0.5Gi'; '0.5' = '1.0Gi'; '0.75' = '1.5Gi'; '1.0' = '2.0Gi'; '2.0' = '4.0Gi' }

# Something of a resource; a stand-in for it while it exists in a dry run only.
function Show-Resource([string[]] $Command, [string] $Query) {
    if ($WhatIf -and -not (Test-Azure @Command)) { return 'to-be-made' }
    return Read-Azure @Command --query $Query
}

Connect-Account
$subscription = Read-Azure account show --query id
if (-not $Registry) {
    $letters = $ResourceGroup.ToLowerInvariant() -replace '[^a-z0-9]', ''
    $Registry = 'mcp' + $letters.Substring(0, [Math]::Min(20, $letters.Length)) + $subscription.Substring(0, 8)
}
if ($Registry -notmatch '^[A-Za-z0-9]{5,50}$') { Stop-Script "-Registry must be 5 to 50 letters and digits, not '$Registry'" }
$root = Join-Path $PSScriptRoot '../..'
if (-not $Tag) {
    $Tag = git -C $root rev-parse '--short=12' HEAD 2>$null
    if ($LASTEXITCODE -ne 0) { $Tag = (Get-Date).ToUniversalTime().ToString('yyyyMMddHHmmss') }
}
Say "Tenant $Tenant, subscription $subscription"

Step "Resource group $ResourceGroup"
$Hint = 'Registering providers and making a group want Contributor on the subscription.'
$providers = 'Microsoft.App', 'Microsoft.ContainerRegistry', 'Microsoft.OperationalInsights', 'Microsoft.ManagedIdentity',
    'Microsoft.Insights'
foreach ($provider in $providers) { Set-Azure provider register --namespace $provider --wait }
if (-not (Test-Azure group show --name $ResourceGroup)) {
    Set-Azure group create --name $ResourceGroup --location $Location
}
$Hint = ''

Step "Log workspace $Name-logs"
$workspace = 'monitor', 'log-analytics', 'workspace', 'show', '--resource-group', $ResourceGroup, '--workspace-name', "$Name-logs"
if (-not (Test-Azure @workspace)) {
    Set-Azure monitor log-analytics workspace create --resource-group $ResourceGroup --workspace-name "$Name-logs" --location $Location --retention-time 30
}
$workspaceId = Show-Resource $workspace id
$logWorkspace = Show-Resource $workspace customerId

Step "Registry $Registry"
$Hint = 'The name of a registry is unique in Azure: choose another one with -Registry.'
$acr = 'acr', 'show', '--resource-group', $ResourceGroup, '--name', $Registry
if (-not (Test-Azure @acr)) {
    Set-Azure acr create --resource-group $ResourceGroup --name $Registry --location $Location --sku Basic --admin-enabled false
}
$Hint = ''
$registryId = Show-Resource $acr id
$registryServer = Show-Resource $acr loginServer

if ($Image) {
    Step "Image $Image, as it is"
} else {
    $Image = "$registryServer/databricks-jobs-mcp:$Tag"
    Step "Image ${Image}: built in the registry, which takes some minutes"
    $Hint = 'The log above ends with the reason. A network rule on the registry also keeps its builders out.'
    Set-Azure acr build --registry $Registry --image "databricks-jobs-mcp:$Tag" --file "$root/Dockerfile" --timeout 3600 $root
    $Hint = ''
}

Step "Identity $Name-identity, which may pull images"
$identity = 'identity', 'show', '--resource-group', $ResourceGroup, '--name', "$Name-identity"
if (-not (Test-Azure @identity)) {
    Set-Azure identity create --resource-group $ResourceGroup --name "$Name-identity" --location $Location
}
$identityId = Show-Resource $identity id
$identityClientId = Show-Resource $identity clientId
$identityPrincipalId = Show-Resource $identity principalId
# AcrPull, by its id: the name can be translated.
$role = '7f951dda-4ed3-4680-a7ca-43fe172d538d'
$assigned = $null
if ($identityPrincipalId -ne 'to-be-made') {
    $assigned = Read-Azure role assignment list --scope $registryId --assignee $identityPrincipalId --role $role --query '[].id'
}
$Hint = 'Assigning a role wants Owner or User Access Administrator on the registry.'
if (-not $assigned) {
    Set-AzurePatiently role assignment create --scope $registryId --role $role --assignee-object-id $identityPrincipalId --assignee-principal-type ServicePrincipal
}
$Hint = ''

Step "Environment $Name-environment"
$environment = 'containerapp', 'env', 'show', '--resource-group', $ResourceGroup, '--name', "$Name-environment"
$network = @()
if ($SubnetId) {
    $network = '--infrastructure-subnet-resource-id', $SubnetId, '--internal-only', "$Internal".ToLowerInvariant()
}
if (-not (Test-Azure @environment)) {
    Set-Azure containerapp env create --resource-group $ResourceGroup --name "$Name-environment" --location $Location --enable-workload-profiles true --logs-destination azure-monitor @network
}
$environmentId = Show-Resource $environment id
$publicUrl = if ($BaseUrl) { $BaseUrl } else { "https://$Name." + (Show-Resource $environment properties.defaultDomain) }
$categories = Save-Json 'categories.json' @(
    [ordered]@{ category = 'ContainerAppConsoleLogs'; enabled = $true },
    [ordered]@{ category = 'ContainerAppSystemLogs'; enabled = $true }
)
Set-Azure monitor diagnostic-settings create --name "$Name-logs" --resource $environmentId --workspace $workspaceId --logs $categories

if ($NoFederation) {
    Say "    still wanted, by an owner of the registration:
       deploy/entra/federate.ps1 -ClientId $ClientId -Subject $identityPrincipalId"
} elseif ($identityPrincipalId -eq 'to-be-made') {
    Step 'Trust of the registration in the identity, when that is there'
} else {
    & (Join-Path $PSScriptRoot '../entra/federate.ps1') -ClientId $ClientId -Subject $identityPrincipalId -WhatIf:$WhatIf
    if ($LASTEXITCODE -ne 0) { Stop-Script 'the federated credential is missing; the lines above say why' }
}

Step "App $Name"
$values = @{
    NAME = $Name; LOCATION = $Location; IDENTITY_ID = $identityId; ENVIRONMENT_ID = $environmentId
    REGISTRY_SERVER = $registryServer; IMAGE = $Image; CPU = $Cpu; MEMORY = $memories[$Cpu]; TENANT_ID = $Tenant
    CLIENT_ID = $ClientId; AUTHORITY_HOST = $Authority -replace '^https://', ''; PUBLIC_URL = $publicUrl
    HOST = $BaseUrl -replace '^https://', ''; CERTIFICATE_ID = $CertificateId
    IDENTITY_CLIENT_ID = $identityClientId; DATABRICKS_HOST = $DatabricksHost
    READ_ONLY = "$ReadOnly".ToLowerInvariant(); LOG_LEVEL = $LogLevel; ALLOWED_JOBS = $AllowedJobs
    OTLP_ENDPOINT = $OtlpEndpoint; MIN_REPLICAS = $MinReplicas; MAX_REPLICAS = $MaxReplicas
    CONCURRENT_REQUESTS = $ConcurrentRequests
}
$lines = Get-Content (Join-Path $PSScriptRoot 'app.yaml') | ForEach-Object {
    $line = $_
    foreach ($key in $values.Keys) { $line = $line.Replace("@$key@", [string] $values[$key]) }
    $line
} | Where-Object { $_ -notmatch '(value|certificateId): "" }$' }
$yaml = Join-Path $Scratch 'app.yaml'
[System.IO.File]::WriteAllText($yaml, ($lines -join "`n") + "`n")
$Hint = "az containerapp logs show --resource-group $ResourceGroup --name $Name --type system   tells why a replica does not start."
Set-Azure containerapp create --resource-group $ResourceGroup --name $Name --yaml $yaml
$Hint = ''

Say "Done. Users type $publicUrl/mcp
    Tell the registration:  deploy/entra/register-app.ps1 -ClientId $ClientId -Address $publicUrl/mcp
    Is it ready?            curl -i $publicUrl/readyz
    Logs:                   az monitor log-analytics query --workspace $logWorkspace --analytics-query '...'"
Remove-Item -Recurse -Force $Scratch
Write-Output "$publicUrl/mcp"
