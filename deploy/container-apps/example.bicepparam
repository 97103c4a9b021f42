// Copy it, fill it in, and keep it under version control: nothing in it is secret.
using 'main.bicep'

param clientId = '00000000-0000-0000-0000-000000000000'
param databricksHost = 'https://adb-1234567890123456.7.azuredatabricks.net'
param minReplicas = 2
param maxReplicas = 10
param allowedJobs = 'tag:mcp'
param tags = {
  owner: 'data-platform'
}
