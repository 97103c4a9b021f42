"""deploy/container-apps/main.bicep: it parses, evaluates, has the documented shapes, and means what it should."""

import jsonschema
import pycep

from driver.report import Report
from rehearsal import arm
from rehearsal.bicep import CLOUDS, RUNTIME, BicepFile, Evaluation
from rehearsal.names import CLIENT, TENANT, WORKSPACE
from rehearsal.tree import DEPLOY, ROOT, parse, source

FOLDER = DEPLOY / "container-apps"
IMAGE = "registry.azurecr.io/databricks-jobs-mcp:1"
NEEDED = {"clientId": CLIENT, "databricksHost": WORKSPACE}
CERTIFICATE = (
    "/subscriptions/5b000000-0000-4000-8000-000000000009/resourceGroups/jobs/providers/Microsoft.App/managedEnvironments/e"
    "/managedCertificates/c")
SUBNET = (
    "/subscriptions/5b000000-0000-4000-8000-000000000009/resourceGroups/n/providers/Microsoft.Network/virtualNetworks/v"
    "/subnets/s")

#: Sets of parameters, each a row of its own.
ROWS = {
    "nothing but what is needed": {},
    "the image": {"image": IMAGE},
    "everything": {
        "image": IMAGE, "name": "jobs", "baseUrl": "https://jobs.example.com", "certificateId": CERTIFICATE,
        "minReplicas": 2, "maxReplicas": 9, "cpu": "1.0",
        "concurrentRequests": 20, "logLevel": "debug", "readOnly": True, "allowedJobs": "tag:mcp", "tags": {"owner": "data"},
        "otlpEndpoint": "http://collector:4318", "infrastructureSubnetId": SUBNET, "internalOnly": True, "zoneRedundant": True,
        "logRetentionDays": 90,
    },
}

#: Values that Azure would refuse before it does anything, by the rule that they break.
REFUSED = {
    "no replica at all": {"minReplicas": 0}, "a client id that is none": {"clientId": "x"},
    "an unknown level": {"logLevel": "loud"}, "cores that are not to be had": {"cpu": "3"},
}


def variables(evaluation: Evaluation) -> dict[str, str]:
    """The environment of the server's container."""
    body = evaluation.one("Microsoft.App/containerApps").body
    return {item["name"]: item["value"] for item in body["properties"]["template"]["containers"][0]["env"]}


def check(report: Report) -> None:
    """All checks of the template."""
    report.section("deploy/container-apps/main.bicep")
    text = (FOLDER / "main.bicep").read_text()
    with report.check("two parsers read it"):
        parse("bicep", text)
        pycep.BicepParser().parse(text=text)
    file = BicepFile(text)
    for title, row in ROWS.items():
        with report.check(f"with {title}: each resource has its documented shape and API version"):
            evaluation = file.evaluate(**NEEDED, **row)
            for resource in evaluation.all():
                assert resource.api_version == arm.RESOURCES[resource.type][0], f"{resource.type}@{resource.api_version}"
                jsonschema.validate(resource.body, arm.schema(resource.type))
            assert len(evaluation.all()) == 7 if "image" in row else 6
            assert all(isinstance(evaluation.output(name), str) for name in file.outputs)
    for title, row in REFUSED.items():
        with report.check(f"refused: {title}"):
            try:
                file.evaluate(**{**NEEDED, **row})
            except AssertionError as error:
                refusal = str(error)
            else:
                refusal = "it was let through"
            assert "breaks @" in refusal, refusal
    check_meaning(report, file, text)
    check_example(report, file)


def check_meaning(report: Report, file: BicepFile, text: str) -> None:
    """What no schema says."""
    evaluation = file.evaluate(**NEEDED, image=IMAGE)
    app = evaluation.one("Microsoft.App/containerApps")
    template = app.body["properties"]["template"]
    identity = evaluation.one("Microsoft.ManagedIdentity/userAssignedIdentities")
    runtime = RUNTIME[identity.type]
    with report.check("the federated credential: issuer, principal id as subject, the cloud's audience (E-111)"):
        assert evaluation.output("federatedIssuer") == f"https://login.microsoftonline.com/{TENANT}/v2.0"
        assert evaluation.output("federatedSubject") == runtime["principalId"] != runtime["clientId"]
        audiences = {cloud: file.evaluate(cloud, **NEEDED).output("federatedAudience") for cloud in CLOUDS}
        assert audiences == {
            "AzureCloud": "api://AzureADTokenExchange", "AzureUSGovernment": "api://AzureADTokenExchangeUSGov",
            "AzureChinaCloud": "api://AzureADTokenExchangeChina"}, audiences
    with report.check("the app runs as a user-assigned identity alone, and the server is told its client id (E-111)"):
        assert app.body["identity"] == {"type": "UserAssigned", "userAssignedIdentities": {identity.id: {}}}
        assert variables(evaluation)["AZURE_MANAGED_IDENTITY_CLIENT_ID"] == runtime["clientId"]
        assert variables(evaluation)["AZURE_USE_MANAGED_IDENTITY"] == "true"
    with report.check("that identity has AcrPull on the registry, before the app is made"):
        role = evaluation.one("Microsoft.Authorization/roleAssignments").body
        assert role["properties"]["roleDefinitionId"].endswith("/7f951dda-4ed3-4680-a7ca-43fe172d538d")
        assert role["properties"]["principalId"] == runtime["principalId"]
        assert role["scope"].type == "Microsoft.ContainerRegistry/registries"
        assert [item.symbol for item in app.body["dependsOn"]] == ["pull"]
    with report.check("no secret: none is made, named, asked for or given out"):
        for word in ("secret", "password", "listkeys", "sharedkey", "@secure", "listcredentials"):
            found = [line for line in text.lower().splitlines() if word in line and not line.lstrip().startswith("//")]
            assert not found, found
    with report.check("names depend on nothing that Azure knows only afterwards"):
        for symbol, node in file.resources.items():
            names = [source(child) for body in node.named_children[2:] for child in body.named_children
                     for child in [child, *child.named_children] if source(child).startswith("name:")]
            assert names and ".properties." not in names[0], symbol
    with report.check("ingress: public, TLS only, port 8000; inside a network of its own: not public"):
        ingress = app.body["properties"]["configuration"]["ingress"]
        assert ingress["external"] and not ingress["allowInsecure"] and ingress["targetPort"] == 8000
        inside = file.evaluate(**NEEDED, **ROWS["everything"]).one("Microsoft.App/managedEnvironments").body["properties"]
        assert inside["vnetConfiguration"]["internal"] is True and inside["zoneRedundant"] is True
    with report.check("probes: start and liveness at /healthz, readiness at /readyz, port 8000"):
        probes = {probe["type"]: probe["httpGet"] for probe in template["containers"][0]["probes"]}
        assert {kind: (get["path"], get["port"]) for kind, get in probes.items()} == {
            "Startup": ("/healthz", 8000), "Liveness": ("/healthz", 8000), "Readiness": ("/readyz", 8000)}
    with report.check("one replica at least, the rule counts requests, and a stop waits for the longest call"):
        assert template["scale"]["minReplicas"] == 1 and template["scale"]["maxReplicas"] == 5
        assert template["scale"]["rules"][0]["http"]["metadata"] == {"concurrentRequests": "50"}
        assert template["terminationGracePeriodSeconds"] > 65
    with report.check("settings: the address is resource and scope prefix (E-131), optional ones only when given"):
        plain, full = variables(evaluation), variables(file.evaluate(**NEEDED, **ROWS["everything"]))
        assert plain["AZURE_APP_ID_URI"] == plain["MCP_BASE_URL"] + "/mcp" == evaluation.output("address")
        assert plain["MCP_BASE_URL"].startswith("https://databricks-jobs-mcp.kind-sea") and plain["LOG_LEVEL"] == "info"
        assert full["MCP_BASE_URL"] == "https://jobs.example.com" and full["MCP_READ_ONLY"] == "true"
        assert full.keys() - plain.keys() == {"MCP_ALLOWED_JOBS", "OTEL_EXPORTER_OTLP_ENDPOINT"}
        government = variables(file.evaluate("AzureUSGovernment", **NEEDED, image=IMAGE))
        assert government["AZURE_AUTHORITY_HOST"] == "login.microsoftonline.us"
    with report.check("every variable is a setting of the server"):
        known = (ROOT / "docs/settings.md").read_text()
        unknown = [name for name in full if f"`{name}`" not in known]
        assert not unknown, unknown


def check_example(report: Report, file: BicepFile) -> None:
    """The parameter file: `using`, then values of parameters that exist and that Azure would take."""
    with report.check("example.bicepparam gives parameters that the template has and takes"):
        first, *rest = [line for line in (FOLDER / "example.bicepparam").read_text().splitlines()
                        if line and not line.startswith("//")]
        assert first == "using 'main.bicep'", first
        values = BicepFile("\n".join(rest).replace("param ", "var "))
        reader = values.evaluate()
        file.evaluate(**{name: reader.lookup(name) for name in values.variables})
