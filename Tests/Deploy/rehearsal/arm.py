"""The shapes of the Azure resources in use, as Azure's reference documents them.

Written for these checks and strict: a name that is not listed is an error, since a template with a typo deploys and does
nothing. Only what a template of ours could sensibly use is listed.
"""

from typing import Any

Schema = dict[str, Any]

STRING: Schema = {"type": "string", "minLength": 1}
BOOL: Schema = {"type": "boolean"}
TAGS: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
GUID: Schema = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
RESOURCE_ID: Schema = {"type": "string", "pattern": "^/subscriptions/[0-9a-f-]{36}/"}


def number(lowest: int, highest: int) -> Schema:
    """A whole number in a range."""
    return {"type": "integer", "minimum": lowest, "maximum": highest}


def one_of(*values: Any) -> Schema:
    """One of these."""
    return {"enum": list(values)}


def many(items: Schema, least: int = 0) -> Schema:
    """A list."""
    return {"type": "array", "items": items, "minItems": least}


def record(required: str = "", **members: Schema) -> Schema:
    """An object with these members and no others."""
    return {"type": "object", "properties": members, "required": required.split(), "additionalProperties": False}


HTTP_GET = record(
    "path port", path={"type": "string", "pattern": "^/"}, port=number(1, 65535), scheme=one_of("HTTP", "HTTPS"),
    host=STRING, httpHeaders=many(record("name value", name=STRING, value=STRING)))
PROBE = record(
    "type httpGet", type=one_of("Liveness", "Readiness", "Startup"), httpGet=HTTP_GET, initialDelaySeconds=number(0, 60),
    periodSeconds=number(1, 240), timeoutSeconds=number(1, 240), failureThreshold=number(1, 10),
    successThreshold=number(1, 10))
VARIABLE = {"oneOf": [
    record("name value", name={"type": "string", "pattern": "^[A-Z][A-Z0-9_]*$"}, value=STRING),
    record("name secretRef", name=STRING, secretRef=STRING),
]}
CONTAINER = record(
    "name image resources env probes", name=STRING, image={"type": "string", "pattern": "^[a-z0-9./-]+[:@][^/]+$"},
    command=many(STRING), args=many(STRING), env=many(VARIABLE), probes=many(PROBE, 3),
    resources=record("cpu memory", cpu={"type": "number"}, memory={"type": "string", "pattern": r"^\d+(\.\d+)?Gi$"}))
SCALE = record(
    "minReplicas maxReplicas rules", minReplicas=number(0, 1000), maxReplicas=number(1, 1000), cooldownPeriod=number(1, 3600),
    pollingInterval=number(1, 3600),
    rules=many(record("name http", name=STRING, http=record(
        "metadata", metadata=record("concurrentRequests", concurrentRequests={"type": "string", "pattern": "^[0-9]+$"})))))
INGRESS = record(
    "external targetPort transport allowInsecure", external=BOOL, targetPort=number(1, 65535),
    transport=one_of("auto", "http", "http2", "tcp"), allowInsecure=BOOL,
    customDomains={"oneOf": [{"type": "null"}, many(record(
        "name bindingType certificateId", name=STRING, bindingType=one_of("Disabled", "SniEnabled"),
        certificateId=RESOURCE_ID), 1)]},
    clientCertificateMode=one_of("accept", "ignore", "require"),
    traffic=many(record("weight", latestRevision=BOOL, revisionName=STRING, label=STRING, weight=number(0, 100))))
CONTAINER_APP = record(
    "environmentId configuration template", environmentId=RESOURCE_ID, workloadProfileName=STRING,
    configuration=record(
        "activeRevisionsMode ingress registries", activeRevisionsMode=one_of("Single", "Multiple"),
        maxInactiveRevisions=number(0, 100), ingress=INGRESS,
        registries=many(record("server identity", server=STRING, identity=RESOURCE_ID))),
    template=record(
        "containers scale", containers=many(CONTAINER, 1), scale=SCALE, terminationGracePeriodSeconds=number(0, 600),
        revisionSuffix=STRING))

#: Beside name, type, location and tags: the other members of each resource, and the API versions that have them.
RESOURCES: dict[str, tuple[str, Schema]] = {
    "Microsoft.OperationalInsights/workspaces": ("2023-09-01", record(
        "properties", properties=record(
            "sku", sku=record("name", name=one_of("PerGB2018")), retentionInDays=number(30, 730)))),
    "Microsoft.ContainerRegistry/registries": ("2023-07-01", record(
        "sku properties", sku=record("name", name=one_of("Basic", "Standard", "Premium")),
        properties=record("adminUserEnabled", adminUserEnabled=BOOL, anonymousPullEnabled=BOOL))),
    "Microsoft.ManagedIdentity/userAssignedIdentities": ("2023-01-31", record()),
    "Microsoft.Authorization/roleAssignments": ("2022-04-01", record(
        "scope properties", scope={}, properties=record(
            "roleDefinitionId principalId principalType", roleDefinitionId=RESOURCE_ID, principalId=GUID,
            principalType=one_of("ServicePrincipal")))),
    "Microsoft.App/managedEnvironments": ("2025-01-01", record(
        "properties", properties=record(
            "appLogsConfiguration", appLogsConfiguration=record("destination", destination=one_of("azure-monitor")),
            workloadProfiles=many(record("name workloadProfileType", name=STRING, workloadProfileType=STRING)),
            vnetConfiguration={"oneOf": [{"type": "null"}, record(
                "infrastructureSubnetId internal", infrastructureSubnetId=RESOURCE_ID, internal=BOOL)]},
            zoneRedundant=BOOL))),
    "Microsoft.Insights/diagnosticSettings": ("2021-05-01-preview", record(
        "scope properties", scope={}, properties=record(
            "workspaceId logs", workspaceId=RESOURCE_ID,
            logs=many(record("category enabled", category=one_of("ContainerAppConsoleLogs", "ContainerAppSystemLogs"),
                             enabled=BOOL), 1)))),
    "Microsoft.App/containerApps": ("2025-01-01", record(
        "identity properties", identity=record(
            "type userAssignedIdentities", type=one_of("UserAssigned"),
            userAssignedIdentities={"type": "object", "minProperties": 1, "propertyNames": RESOURCE_ID,
                                    "additionalProperties": record()}),
        properties=CONTAINER_APP)),
}

#: Types that belong to another resource and have no region.
PLACELESS = {"Microsoft.Authorization/roleAssignments", "Microsoft.Insights/diagnosticSettings"}


def schema(kind: str) -> Schema:
    """The whole shape of a resource of this type."""
    own = RESOURCES[kind][1]
    place = {} if kind in PLACELESS else {"location": STRING, "tags": TAGS}
    return record(
        " ".join(["name", *own["required"], *(["location"] if place else [])]), name=STRING, dependsOn={}, **place,
        **own["properties"])
