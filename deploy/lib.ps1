# What the deployment scripts share: output, dry runs, the Azure CLI with errors that say what to do.
# lib.sh is its twin. Dot-source it after the parameters; it wants PowerShell 7.

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
# Exit codes are looked at here, so that the message can say what to do.
$PSNativeCommandUseErrorActionPreference = $false
$Hint = ''

# Texts for the Azure CLI go through files: quoting differs between shells and platforms, and command lines are seen by
# every user of the machine.
$Scratch = Join-Path ([System.IO.Path]::GetTempPath()) ([guid]::NewGuid().ToString())
New-Item -ItemType Directory -Path $Scratch | Out-Null

# One line for the reader; the output stream stays free for results.
function Say([string] $Text) { Write-Host $Text }

# What begins now.
function Step([string] $Text) { Write-Host "==> $Text" }

# Ends the script; the text tells what is wrong and what to do.
function Stop-Script([string] $Text) {
    Remove-Item -Recurse -Force $Scratch -ErrorAction SilentlyContinue
    Write-Host "error: $Text" -ForegroundColor Red
    exit 1
}

function Assert-Guid([string] $Option, [string] $Value) {
    if ($Value -notmatch '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$') {
        Stop-Script "$Option must be a GUID, not '$Value'"
    }
}

# https, lower case, a path or none, no slash at the end: Entra ID compares such addresses byte by byte (E-130).
function Assert-Address([string] $Option, [string] $Value) {
    if ($Value -cnotmatch '^https://[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?$' -or $Value.EndsWith('/')) {
        Stop-Script "$Option must be an https address in lower case without a slash at the end, not '$Value'"
    }
}

# Runs the Azure CLI to read something; gives bare values, one a line.
function Read-Azure {
    $lines = az @args --output tsv --only-show-errors
    if ($LASTEXITCODE -ne 0) {
        Stop-Script "az $($args[0]) $($args[1]) could not read what this needs; the lines above say why"
    }
    return $lines
}

# Whether the Azure CLI finds it.
function Test-Azure {
    az @args --output none --only-show-errors 2>$null
    return $LASTEXITCODE -eq 0
}

# Runs the Azure CLI to change something; with -WhatIf only shows the command.
function Set-Azure {
    if ($WhatIf) {
        Say "    would run: az $($args -join ' ')"
        return
    }
    az @args --output none --only-show-errors
    if ($LASTEXITCODE -ne 0) {
        $next = if ($Hint) { $Hint } else { 'Mend that and run this script again: it goes on where it stopped.' }
        Stop-Script "az $($args[0]) $($args[1]) was refused; the lines above say why. $next"
    }
}

# As Set-Azure, tried again for a minute: the directory needs some time to know a new object.
function Set-AzurePatiently {
    if ($WhatIf) {
        Set-Azure @args
        return
    }
    foreach ($attempt in 1..12) {
        $refused = az @args --output none --only-show-errors 2>&1
        if ($LASTEXITCODE -eq 0) { return }
        Start-Sleep -Seconds 5
    }
    Say ($refused -join "`n")
    Stop-Script "az $($args[0]) $($args[1]) was refused $attempt times; the lines above say why. $Hint"
}

# Writes JSON for the Azure CLI and gives the argument that names the file. Without a byte order mark: az refuses one.
function Save-Json([string] $Name, $Value) {
    $path = Join-Path $Scratch $Name
    [System.IO.File]::WriteAllText($path, (ConvertTo-Json -InputObject $Value -Depth 10))
    return "@$path"
}

# Sets the tenant, authority, audience and graph of the cloud and account that the Azure CLI is signed in to.
function Connect-Account {
    if (-not (Get-Command az -ErrorAction SilentlyContinue)) {
        Stop-Script 'the Azure CLI is not installed; see https://learn.microsoft.com/cli/azure/install-azure-cli'
    }
    $script:Tenant = az account show --query tenantId --output tsv 2>$null
    if ($LASTEXITCODE -ne 0) { Stop-Script 'not signed in; run: az login (add --tenant ID when you belong to several)' }
    $cloud = Read-Azure cloud show --query name
    $script:Authority = (Read-Azure cloud show --query endpoints.activeDirectory).TrimEnd('/')
    $script:Graph = (Read-Azure cloud show --query endpoints.microsoftGraphResourceId).TrimEnd('/')
    $script:Audience = switch ($cloud) {
        'AzureUSGovernment' { 'api://AzureADTokenExchangeUSGov' }
        'AzureChinaCloud' { 'api://AzureADTokenExchangeChina' }
        default { 'api://AzureADTokenExchange' }
    }
}
