#Requires -Version 7.2
<#
.SYNOPSIS
Makes the API app registration of databricks-jobs-mcp in Microsoft Entra ID, or completes one that is there.

.DESCRIPTION
Version 2, scope jobs, app roles, optional claims, identifier URIs, permission for Azure Databricks, pre-authorised
clients. May be repeated; what is already as it should be stays untouched. Makes no secret. Gives the client id.
register-app.sh is its twin; docs/sign-in.md says why each part is there.
Wants PowerShell 7 and the Azure CLI, signed in as an Application Administrator; consent wants a Privileged Role
Administrator or Cloud Application Administrator.

.PARAMETER Name
Display name.

.PARAMETER ClientId
Complete this registration, instead of looking for Name.

.PARAMETER Address
What users type, with /mcp; becomes an identifier URI. Leave it out until you know it.

.PARAMETER Preauthorize
Client applications that may ask for the scope without consent. VS Code always is.

.PARAMETER NoConsent
Leave the administrator's consent for Azure Databricks to somebody else.

.PARAMETER WhatIf
Show what would be changed, and change nothing.
#>
[CmdletBinding()]
param(
    [string] $Name = 'Databricks Jobs MCP',
    [string] $ClientId = '',
    [string] $Address = '',
    [string[]] $Preauthorize = @(),
    [switch] $NoConsent,
    [switch] $WhatIf
)
. (Join-Path $PSScriptRoot '../lib.ps1')

$Databricks = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d' # Azure Databricks, the same in every cloud
$VSCode = 'aebc6443-996d-45c2-90f0-388ff96faa56' # Visual Studio Code
# Ids of a scope and of roles are unique within one registration only, so these serve in every tenant.
$ScopeId = '5d7c2b1e-6f0a-4c53-9a0e-3f5b8c1d7a01'
$ReadRoleId = '5d7c2b1e-6f0a-4c53-9a0e-3f5b8c1d7a02'
$RunRoleId = '5d7c2b1e-6f0a-4c53-9a0e-3f5b8c1d7a03'

if ($Name -notmatch '^[A-Za-z0-9][A-Za-z0-9 ._-]{0,119}$') {
    Stop-Script '-Name must be letters, digits, blanks, . _ and -'
}
if ($ClientId) { Assert-Guid '-ClientId' $ClientId }
if ($Address) {
    Assert-Address '-Address' $Address
    if (-not $Address.EndsWith('/mcp')) { Stop-Script "-Address must end in /mcp, as users type it, not '$Address'" }
}
foreach ($client in $Preauthorize) { Assert-Guid '-Preauthorize' $client }

# Something of the registration; nothing while it exists in a dry run only.
function Read-App([string] $Query) {
    if ($Api -eq 'none') { return @() }
    return @(Read-Azure ad app show --id $Api --query $Query | Where-Object { $_ })
}

# Sends members of the registration to Microsoft Graph.
function Set-App([string] $File, $Members) {
    $body = Save-Json $File $Members
    Set-Azure rest --method PATCH --uri "$Graph/v1.0/applications/$Object" --headers Content-Type=application/json --body $body
}

function Get-Role([string] $Id, [string] $Value, [string] $Description) {
    return [ordered]@{
        id = $Id; value = $Value; displayName = $Value; description = $Description; isEnabled = $true
        allowedMemberTypes = @('Application')
    }
}

Connect-Account
Say "Tenant $Tenant"

Step 'Registration'
$Api = $ClientId
if (-not $Api) {
    $found = @(Read-Azure ad app list --display-name $Name --query "[?displayName=='$Name'].appId" | Where-Object { $_ })
    if ($found.Count -gt 1) { Stop-Script "several registrations are called '$Name'; choose one with -ClientId" }
    $Api = if ($found.Count -eq 1) { $found[0] } else { '' }
}
if (-not $Api) {
    Set-Azure ad app create --display-name $Name --sign-in-audience AzureADMyOrg
    $Api = if ($WhatIf) { 'none' } else {
        Read-Azure ad app list --display-name $Name --query "[?displayName=='$Name'].appId"
    }
    if (-not $Api) { Stop-Script 'the registration was made but is not listed yet; wait a minute and run this again' }
    if (-not $WhatIf) { Set-AzurePatiently ad app show --id $Api }
}
Say "    client id $Api"
if (-not (Test-Azure ad sp show --id $Api)) { Set-AzurePatiently ad sp create --id $Api }
$Object = (Read-App id) -join ''
if (-not $Object) { $Object = 'none' }

# Before the identifier URIs: https ones outside the verified domains are open to version 2 only.
Step 'Version 2, scope jobs'
$version = (Read-App api.requestedAccessTokenVersion) -join ''
$scope = (Read-App "api.oauth2PermissionScopes[?value=='jobs'].id") -join ''
$others = Read-App "api.oauth2PermissionScopes[?value!='jobs'].value"
if ($version -eq '2' -and $scope) {
    Say '    are there'
} else {
    if ($others) {
        Stop-Script ("this registration has other scopes ($($others -join ', ')), which this script would replace. Set " +
            'version 2 and add the scope jobs in the portal (Manifest; Expose an API), or use a registration of its own: -Name')
    }
    if (-not $scope) { $scope = $ScopeId }
    Set-App 'api.json' @{
        api = [ordered]@{
            requestedAccessTokenVersion = 2
            oauth2PermissionScopes      = @([ordered]@{
                    id = $scope; value = 'jobs'; type = 'User'; isEnabled = $true
                    adminConsentDisplayName = 'Look at and start Databricks jobs'
                    adminConsentDescription = 'Lets the application look at Databricks jobs and start them as the signed-in user.'
                    userConsentDisplayName  = 'Look at and start your Databricks jobs'
                    userConsentDescription  = 'Lets the application look at Databricks jobs and start them as you.'
                })
        }
    }
}

Step 'App roles Jobs.Read and Jobs.Run, for applications only'
$present = Read-App 'appRoles[].value'
if ($present -contains 'Jobs.Read' -and $present -contains 'Jobs.Run') {
    Say '    are there'
} else {
    if ($present) {
        Stop-Script ("this registration has other app roles ($($present -join ', ')), which this script would replace. " +
            'Add Jobs.Read and Jobs.Run in the portal (App roles, allowed member types: Applications)')
    }
    Set-App 'roles.json' @{
        appRoles = @(
            (Get-Role $ReadRoleId 'Jobs.Read' 'Look at jobs and runs as an application.'),
            (Get-Role $RunRoleId 'Jobs.Run' 'Start jobs as an application.')
        )
    }
}

Step 'Optional claims idtyp, acct, xms_cc in access tokens'
$present = Read-App 'optionalClaims.accessToken[].name'
if ($present -contains 'idtyp' -and $present -contains 'acct' -and $present -contains 'xms_cc') {
    Say '    are there'
} else {
    if ($present) {
        Stop-Script ("this registration has other optional claims ($($present -join ', ')), which this script would " +
            'replace. Add idtyp, acct and xms_cc in the portal (Token configuration, Access)')
    }
    Set-App 'claims.json' @{
        optionalClaims = @{ accessToken = @(@{ name = 'idtyp' }, @{ name = 'acct' }, @{ name = 'xms_cc' }) }
    }
}

Step 'Identifier URIs'
$present = @(Read-App identifierUris)
$uris = @($present)
foreach ($uri in @("api://$Api", $Address)) {
    if ($uri -and $uris -cnotcontains $uri) { $uris += $uri }
}
if ($uris.Count -eq $present.Count) {
    Say '    are there'
} else {
    $Hint = 'An https address outside your verified domains needs version 2 and no tenant policy against it; see docs/sign-in.md.'
    Set-AzurePatiently ad app update --id $Api --identifier-uris @uris
}

Step 'Pre-authorised clients'
$present = @(Read-App "api.preAuthorizedApplications[].[appId,join(' ',delegatedPermissionIds)]")
# The list is replaced as a whole, so those that are there are sent again.
$lines = @($present)
foreach ($client in @($VSCode) + $Preauthorize) {
    if (-not ($lines -match [regex]::Escape($client))) { $lines += "$client`t$scope" }
}
if ($lines.Count -eq $present.Count) {
    Say '    are there'
} else {
    $entries = @($lines | ForEach-Object {
            $id, $permissions = $_ -split "`t"
            [ordered]@{ appId = $id; delegatedPermissionIds = @($permissions -split ' ') }
        })
    Set-App 'clients.json' @{ api = @{ preAuthorizedApplications = $entries } }
}

Step "Permission to exchange users' tokens for Azure Databricks"
if (-not (Test-Azure ad sp show --id $Databricks)) {
    Stop-Script "Azure Databricks is not known in this tenant yet: open a workspace once, or run az ad sp create --id $Databricks"
}
$permission = Read-Azure ad sp show --id $Databricks --query "oauth2PermissionScopes[?value=='user_impersonation'].id"
$present = @()
if ($Api -ne 'none') {
    $present = @(Read-Azure ad app permission list --id $Api --query "[?resourceAppId=='$Databricks'].resourceAccess[].id")
}
if ($present -contains $permission) {
    Say '    is there'
} else {
    Set-Azure ad app permission add --id $Api --api $Databricks --api-permissions "$permission=Scope"
}
if ($NoConsent) {
    Say "    still wanted, by an administrator: az ad app permission admin-consent --id $Api"
} else {
    $Hint = 'Consent wants an administrator. Run this again with -NoConsent and have somebody who may run ' +
        "az ad app permission admin-consent --id $Api"
    Set-AzurePatiently ad app permission admin-consent --id $Api
}
if (-not $Address) {
    Say "    When the address is known: deploy/entra/register-app.ps1 -ClientId $Api -Address https://.../mcp"
}
Say "Done. AZURE_TENANT_ID=$Tenant AZURE_CLIENT_ID=$Api"
Remove-Item -Recurse -Force $Scratch
Write-Output $Api
