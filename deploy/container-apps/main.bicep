// databricks-jobs-mcp in Azure Container Apps, without any secret.
//
// Deployed twice: first without `image`, which makes everything that the image and the app registration need; then,
// when the image is built, with it. docs/install-container-apps.md has the commands. Every deployment may be repeated.
//
// What stands in Microsoft Entra ID (the app registration, its trust in the identity) is no Azure resource:
// deploy/entra/ has the scripts for it.

targetScope = 'resourceGroup'

@description('Name of the container app, and the first part of its address. Lower-case letters, digits and hyphens.')
@minLength(2)
@maxLength(32)
param name string = 'databricks-jobs-mcp'

@description('Region of all resources.')
param location string = resourceGroup().location

@description('Image to run, with tag or digest. Empty: everything but the app is made, so that the image can be built.')
param image string = ''

@description('Name of the registry; unique in Azure, letters and digits only.')
@minLength(5)
@maxLength(50)
param registryName string = 'mcp${uniqueString(resourceGroup().id)}'

@description('Tenant whose users may call.')
@minLength(36)
@maxLength(36)
param tenantId string = tenant().tenantId

@description('Client id of the API app registration, from deploy/entra/register-app.')
@minLength(36)
@maxLength(36)
param clientId string

@description('The workspace, such as https://adb-1234567890123456.7.azuredatabricks.net')
@minLength(12)
param databricksHost string

@description('Public address without /mcp, for a domain of your own. Empty: the address that the platform gives.')
param baseUrl string = ''

@description('With baseUrl: id of the certificate in the environment for that domain. Without it a deployment unbinds the domain.')
param certificateId string = ''

@description('Replicas that always run. At least 1: the first request of the day should not wait for a start.')
@minValue(1)
@maxValue(25)
param minReplicas int = 1

@description('Replicas at most.')
@minValue(1)
@maxValue(300)
param maxReplicas int = 5

@description('Requests in progress per replica above which another one is started.')
@minValue(1)
@maxValue(1000)
param concurrentRequests int = 50

@description('Cores of a replica, as text because Bicep knows whole numbers only. Memory follows: 2 GiB for each core.')
@allowed(['0.25', '0.5', '0.75', '1.0', '2.0'])
param cpu string = '0.5'

@description('What the log holds. debug also shows why tokens are refused, never a token.')
@allowed(['trace', 'debug', 'info', 'notice', 'warning', 'error', 'critical'])
param logLevel string = 'info'

@description('Takes run_now away: nothing can be started through this server.')
param readOnly bool = false

@description('Jobs that may be started, such as "name:nightly *,tag:mcp". Empty: whatever Databricks lets the user start.')
param allowedJobs string = ''

@description('Where traces go, OTLP over HTTP, such as http://collector:4318. Empty: nowhere.')
param otlpEndpoint string = ''

@description('Subnet of your own for the environment, delegated to Microsoft.App/environments. Empty: the platform network.')
param infrastructureSubnetId string = ''

@description('With a subnet: no public address; the app is reached from the virtual network only.')
param internalOnly bool = false

@description('With a subnet: spread the environment over the zones of the region.')
param zoneRedundant bool = false

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Tags of all resources.')
param tags object = {}

var hasImage = !empty(image)
var hasNetwork = !empty(infrastructureSubnetId)
var port = 8000
var operatorsPort = 9464

// After SIGTERM requests are taken for MCP_DRAIN_SECONDS (5, from the image); a call may take MCP_CALL_TIMEOUT_SECONDS
// (60), and 5 more at most.
var gracePeriod = 75

var audiences = {
  AzureCloud: 'api://AzureADTokenExchange'
  AzureUSGovernment: 'api://AzureADTokenExchangeUSGov'
  AzureChinaCloud: 'api://AzureADTokenExchangeChina'
}
var memories = {
  '0.25': '0.5Gi'
  '0.5': '1.0Gi'
  '0.75': '1.5Gi'
  '1.0': '2.0Gi'
  '2.0': '4.0Gi'
}

// The built-in role AcrPull.
var acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d'

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-logs'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: logRetentionDays
  }
}

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: registryName
  location: location
  tags: tags
  sku: { name: 'Basic' }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
  }
}

// One identity pulls the image and is trusted by the app registration. User-assigned, because Entra ID federates no other.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-identity'
  location: location
  tags: tags
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, identity.id, acrPull)
  scope: registry
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPull)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Logs go through Azure Monitor, which needs no key of the workspace.
resource appsEnvironment 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: '${name}-environment'
  location: location
  tags: tags
  properties: {
    appLogsConfiguration: { destination: 'azure-monitor' }
    workloadProfiles: [
      { name: 'Consumption', workloadProfileType: 'Consumption' }
    ]
    vnetConfiguration: hasNetwork ? { infrastructureSubnetId: infrastructureSubnetId, internal: internalOnly } : null
    zoneRedundant: hasNetwork && zoneRedundant
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: '${name}-logs'
  scope: appsEnvironment
  properties: {
    workspaceId: workspace.id
    logs: [
      { category: 'ContainerAppConsoleLogs', enabled: true }
      { category: 'ContainerAppSystemLogs', enabled: true }
    ]
  }
}

var publicUrl = empty(baseUrl) ? 'https://${name}.${appsEnvironment.properties.defaultDomain}' : baseUrl
var loginEndpoint = environment().authentication.loginEndpoint

var settings = [
  { name: 'AZURE_TENANT_ID', value: tenantId }
  { name: 'AZURE_CLIENT_ID', value: clientId }
  { name: 'AZURE_AUTHORITY_HOST', value: replace(replace(loginEndpoint, 'https://', ''), '/', '') }
  { name: 'AZURE_APP_ID_URI', value: '${publicUrl}/mcp' }
  { name: 'AZURE_USE_MANAGED_IDENTITY', value: 'true' }
  { name: 'AZURE_MANAGED_IDENTITY_CLIENT_ID', value: identity.properties.clientId }
  { name: 'DATABRICKS_HOST', value: databricksHost }
  { name: 'MCP_BASE_URL', value: publicUrl }
  { name: 'MCP_HOST', value: '0.0.0.0' }
  { name: 'MCP_PORT', value: string(port) }
  { name: 'METRICS_HOST', value: '0.0.0.0' }
  { name: 'METRICS_PORT', value: string(operatorsPort) }
  { name: 'MCP_READ_ONLY', value: readOnly ? 'true' : 'false' }
  { name: 'LOG_LEVEL', value: logLevel }
  { name: 'LOG_FORMAT', value: 'json' }
]
var jobSettings = empty(allowedJobs) ? [] : [{ name: 'MCP_ALLOWED_JOBS', value: allowedJobs }]
var traceSettings = empty(otlpEndpoint) ? [] : [{ name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: otlpEndpoint }]

resource app 'Microsoft.App/containerApps@2025-01-01' = if (hasImage) {
  name: name
  location: location
  tags: tags
  dependsOn: [pull]
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    environmentId: appsEnvironment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      maxInactiveRevisions: 10
      ingress: {
        external: true
        targetPort: port
        transport: 'http'
        allowInsecure: false
        traffic: [
          { latestRevision: true, weight: 100 }
        ]
        customDomains: empty(certificateId) ? null : [
          { name: replace(baseUrl, 'https://', ''), bindingType: 'SniEnabled', certificateId: certificateId }
        ]
      }
      registries: [
        { server: registry.properties.loginServer, identity: identity.id }
      ]
    }
    template: {
      terminationGracePeriodSeconds: gracePeriod
      containers: [
        {
          name: 'server'
          image: image
          resources: { cpu: json(cpu), memory: memories[cpu] }
          env: concat(settings, jobSettings, traceSettings)
          // At the operators' listener, which answers under any load; nothing but the environment's probes gets there.
          probes: [
            {
              type: 'Startup'
              httpGet: { path: '/healthz', port: operatorsPort, scheme: 'HTTP' }
              periodSeconds: 2
              timeoutSeconds: 2
              failureThreshold: 10
            }
            {
              type: 'Liveness'
              httpGet: { path: '/healthz', port: operatorsPort, scheme: 'HTTP' }
              periodSeconds: 10
              timeoutSeconds: 3
              failureThreshold: 3
            }
            {
              type: 'Readiness'
              httpGet: { path: '/readyz', port: operatorsPort, scheme: 'HTTP' }
              periodSeconds: 5
              timeoutSeconds: 3
              failureThreshold: 3
            }
          ]
        }
      ]
      scale: {
        minReplicas: minReplicas
        maxReplicas: maxReplicas
        rules: [
          {
            name: 'http'
            http: { metadata: { concurrentRequests: string(concurrentRequests) } }
          }
        ]
      }
    }
  }
}

@description('What users type, and what the app registration needs as an identifier URI.')
output address string = '${publicUrl}/mcp'

@description('Where the image goes: az acr build --registry NAME')
output registryName string = registry.name

@description('Prefix of the image.')
output registryServer string = registry.properties.loginServer

@description('Subject of the federated credential: the principal id of the identity, not its client id.')
output federatedSubject string = identity.properties.principalId

@description('Issuer of the federated credential.')
output federatedIssuer string = '${loginEndpoint}${tenantId}/v2.0'

@description('Audience of the federated credential.')
output federatedAudience string = audiences[environment().name]

@description('For az monitor log-analytics query --workspace')
output logWorkspace string = workspace.properties.customerId
