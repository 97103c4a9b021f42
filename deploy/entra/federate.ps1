#Requires -Version 7.2
<#
.SYNOPSIS
Lets an identity act as the app registration of databricks-jobs-mcp, so that the server needs no secret.

.DESCRIPTION
Adds a federated credential, or corrects the one of that name. May be repeated. federate.sh is its twin.
Wants PowerShell 7 and the Azure CLI, signed in as an owner of the registration or an Application Administrator.

.PARAMETER ClientId
The API app registration.

.PARAMETER Subject
Container Apps: the principal id of the user-assigned identity (not its client id).
Kubernetes: system:serviceaccount:NAMESPACE:SERVICE-ACCOUNT

.PARAMETER Issuer
Kubernetes: the cluster's OIDC issuer. Default: this tenant, which is right for an identity.

.PARAMETER Name
Name of the credential.

.PARAMETER WhatIf
Show what would be changed, and change nothing.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $ClientId,
    [Parameter(Mandatory)] [string] $Subject,
    [string] $Issuer = '',
    [string] $Name = 'databricks-jobs-mcp',
    [switch] $WhatIf
)
. (Join-Path $PSScriptRoot '../lib.ps1')

Assert-Guid '-ClientId' $ClientId
if ($Subject -cnotmatch '^(system:serviceaccount:[a-z0-9.-]+:[a-z0-9.-]+|[0-9a-f-]{36})$') {
    Stop-Script "-Subject must be a principal id or system:serviceaccount:NAMESPACE:NAME, not '$Subject'"
}
if ($Name -notmatch '^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$') {
    Stop-Script "-Name must be 3 to 120 letters, digits, - and _, not '$Name'"
}

Connect-Account
if (-not $Issuer) { $Issuer = "$Authority/$Tenant/v2.0" }
if ($Issuer -notmatch '^https://[A-Za-z0-9._~/-]+$') { Stop-Script "-Issuer must be an https address, not '$Issuer'" }
if ($Subject.StartsWith('system:') -and $Issuer.StartsWith("$Authority/")) {
    Stop-Script 'a service account needs -Issuer: az aks show --query oidcIssuerProfile.issuerUrl --output tsv ...'
}

Step "Trust: $Subject may act as $ClientId"
$credential = Save-Json 'credential.json' ([ordered]@{
        name        = $Name
        issuer      = $Issuer
        subject     = $Subject
        audiences   = @($Audience)
        description = 'databricks-jobs-mcp proves its identity with this, instead of a secret'
    })
$Hint = 'Are you an owner of the registration? A registration holds 20 federated credentials at most.'
$present = Read-Azure ad app federated-credential list --id $ClientId --query "[?name=='$Name'].[issuer,subject,audiences[0]]"
if ($present -ceq "$Issuer`t$Subject`t$Audience") {
    Say '    is there'
} elseif ($present) {
    Say '    corrects the one that is there'
    Set-Azure ad app federated-credential update --id $ClientId --federated-credential-id $Name --parameters $credential
} else {
    Set-Azure ad app federated-credential create --id $ClientId --parameters $credential
}
Say "    issuer $Issuer, subject $Subject, audience $Audience"
Say '    A new credential takes Entra ID some minutes; until then the server is not ready (AADSTS70021) and keeps trying.'
Remove-Item -Recurse -Force $Scratch
