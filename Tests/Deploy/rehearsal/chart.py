"""deploy/helm: Helm itself renders the chart for several sets of values, and Kubernetes' schemas judge the result."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import yaml

from driver.patience import LONG
from driver.report import Report
from rehearsal.arm import BOOL, STRING, many, number, one_of, record
from rehearsal.names import CLIENT, TENANT, WORKSPACE
from rehearsal.tree import DEPLOY, ROOT

CHART = DEPLOY / "helm/databricks-jobs-mcp"
VERSIONS = ("1.30", "1.37")
DIGEST = "sha256:" + "0" * 64

Values = dict[str, Any]
Documents = dict[tuple[str, str], Any]

MINIMAL: Values = {
    "image": {"repository": "registry.azurecr.io/databricks-jobs-mcp"}, "baseUrl": "https://jobs-mcp.example.com",
    "entra": {"tenantId": TENANT, "clientId": CLIENT}, "databricks": {"host": WORKSPACE},
}
FULL: Values = MINIMAL | {
    "image": MINIMAL["image"] | {"digest": DIGEST}, "imagePullSecrets": [{"name": "registry"}],
    "credential": {"workloadIdentity": {"clientId": TENANT, "projectToken": True}},
    "readOnly": True, "allowedJobs": "name:nightly *,tag:mcp", "deniedJobs": "7", "log": {"level": "debug"},
    "otlpEndpoint": "http://collector.monitoring:4318", "settings": {"MCP_ALLOW_GUESTS": "false"},
    "extraEnv": [{"name": "HTTPS_PROXY", "valueFrom": {"secretKeyRef": {"name": "proxy", "key": "url"}}}],
    "autoscaling": {"metrics": [{"type": "Pods", "pods": {
        "metric": {"name": "http_server_active_requests"}, "target": {"type": "AverageValue", "averageValue": "20"}}}]},
    "podDisruptionBudget": {"maxUnavailable": "25%"},
    "serviceAccount": {"name": "jobs", "annotations": {"owner": "data"}},
    "ingress": {"enabled": True, "className": "nginx", "tlsSecretName": "jobs-tls", "annotations": {"a": "b"}},
    "httpRoute": {"enabled": True, "parentRefs": [{"name": "gateway", "namespace": "gateways"}]},
    "networkPolicy": {
        "ingressFrom": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress"}}}],
        "extraEgress": [{"ports": [{"protocol": "TCP", "port": 4318}]}]},
    "metrics": {"serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
                "prometheusRule": {"enabled": True, "content": "groups: []\n"}},
    "podAnnotations": {"a": "b"}, "podLabels": {"team": "data"}, "priorityClassName": "high",
    "nodeSelector": {"kubernetes.io/os": "linux"}, "tolerations": [{"key": "data", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {}}, "topologySpreadConstraints": [
        {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}],
}
ROWS: dict[str, Values] = {
    "what is needed alone": MINIMAL,
    "everything": FULL,
    "a secret": MINIMAL | {"credential": {"mode": "secret", "existingSecret": "entra", "existingSecretKey": "value"}},
    "a certificate": MINIMAL | {"credential": {"mode": "certificate", "existingSecret": "entra"}},
    "all that is optional off": MINIMAL | {
        "autoscaling": {"enabled": False}, "podDisruptionBudget": {"enabled": False}, "networkPolicy": {"enabled": False},
        "metrics": {"enabled": False}, "serviceAccount": {"create": False, "name": "mine"}, "drainSeconds": 0},
}
#: Values that are refused, and what the message says.
REFUSED: dict[str, tuple[Values, str]] = {
    "no image": (MINIMAL | {"image": {}}, "image.repository"),
    "no tenant": (MINIMAL | {"entra": {"clientId": CLIENT}}, "entra.tenantId"),
    "a client id that is none": (MINIMAL | {"entra": {"tenantId": TENANT, "clientId": "x"}}, "/entra/clientId"),
    "no workspace": (MINIMAL | {"databricks": {}}, "databricks.host"),
    "an address with /mcp": (MINIMAL | {"baseUrl": "https://jobs-mcp.example.com/mcp"}, "/baseUrl"),
    "a typo": (MINIMAL | {"readonly": True}, "readonly"),
    "an unknown level": (MINIMAL | {"log": {"level": "loud"}}, "/log/level"),
    "a secret in the values": (MINIMAL | {"settings": {"AZURE_CLIENT_SECRET": "x"}}, "AZURE_CLIENT_SECRET"),
    "a mode that wants a secret, without one": (MINIMAL | {"credential": {"mode": "secret"}}, "credential.existingSecret"),
    "a service account that nobody makes": (MINIMAL | {"serviceAccount": {"create": False}}, "serviceAccount.name"),
    "rules without a file": (MINIMAL | {"metrics": {"prometheusRule": {"enabled": True}}}, "--set-file"),
    "a monitor without metrics": (
        MINIMAL | {"metrics": {"enabled": False, "serviceMonitor": {"enabled": True}}}, "wants metrics.enabled"),
    "a route without a gateway": (MINIMAL | {"httpRoute": {"enabled": True}}, "httpRoute.parentRefs"),
}

META = record(
    "name labels", name=STRING, namespace=STRING, labels={"type": "object", "additionalProperties": STRING},
    annotations={"type": "object", "additionalProperties": STRING})
#: Resources that Kubernetes learns from others, with the members that their reference documents.
CUSTOM = {
    "ServiceMonitor": record(
        "apiVersion kind metadata spec", apiVersion=one_of("monitoring.coreos.com/v1"), kind=STRING, metadata=META,
        spec=record(
            "selector endpoints", selector=record("matchLabels", matchLabels={"type": "object"}),
            endpoints=many(record(
                "port", port=STRING, path=STRING, interval=STRING, scrapeTimeout=STRING, honorLabels=BOOL), 1))),
    "PrometheusRule": record(
        "apiVersion kind metadata spec", apiVersion=one_of("monitoring.coreos.com/v1"), kind=STRING, metadata=META,
        spec=record("groups", groups=many(record(
            "name rules", name=STRING, interval=STRING, rules=many({"type": "object", "required": ["expr"]}))))),
    "HTTPRoute": record(
        "apiVersion kind metadata spec", apiVersion=one_of("gateway.networking.k8s.io/v1"), kind=STRING, metadata=META,
        spec=record(
            "parentRefs hostnames rules", parentRefs=many(record("name", name=STRING, namespace=STRING, sectionName=STRING), 1),
            hostnames=many(STRING, 1), rules=many(record(
                "backendRefs", backendRefs=many(record("name port", name=STRING, port=number(1, 65535)), 1)), 1))),
}


class Helm:
    """The program, and values in files."""

    def __init__(self, program: str) -> None:
        self.program = program

    def run(self, command: list[str], values: Values, *options: str) -> subprocess.CompletedProcess[str]:
        """Runs Helm with these values."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "values.yaml")
            path.write_text(yaml.safe_dump(values))
            return subprocess.run(
                [self.program, *command, str(CHART), "--values", str(path), *options], capture_output=True, text=True,
                timeout=LONG, check=False, env={"HOME": folder, "PATH": "/usr/bin:/bin"})

    def render(self, values: Values, *options: str) -> Documents:
        """All documents by kind and name."""
        result = self.run(["template", "jobs"], values, "--namespace", "mcp", *options)
        assert result.returncode == 0, result.stderr
        documents = [document for document in yaml.safe_load_all(result.stdout) if document]
        found = {(document["kind"], document["metadata"]["name"]): document for document in documents}
        assert len(found) == len(documents), "two documents have the same name"
        return found


def one(documents: Documents, kind: str) -> Any:
    """The only document of a kind."""
    found = [document for (name, _), document in documents.items() if name == kind]
    assert len(found) == 1, f"{len(found)} documents of kind {kind}"
    return found[0]


def pod(documents: Documents) -> tuple[Any, Any, dict[str, str]]:
    """The pod's spec, its container and its variables."""
    spec = one(documents, "Deployment")["spec"]["template"]["spec"]
    container, = spec["containers"]
    return spec, container, {item["name"]: item.get("value", "") for item in container["env"]}


def check(report: Report, program: str) -> None:
    """All checks of the chart."""
    helm = Helm(program)
    report.section("deploy/helm")
    for title, values in ROWS.items():
        with report.check(f"with {title}: helm lint --strict finds nothing, Kubernetes {' and '.join(VERSIONS)} takes it"):
            lint = helm.run(["lint", "--strict"], values)
            assert lint.returncode == 0, lint.stdout + lint.stderr
            documents = helm.render(values)
            for document in documents.values():
                judge(document)
            check_references(documents)
    for title, (values, words) in REFUSED.items():
        with report.check(f"refused: {title}"):
            result = helm.run(["template", "jobs"], values)
            assert result.returncode != 0 and words in result.stderr, result.stderr or "it was let through"
    check_credentials(report, helm)
    check_pod(report, helm)
    check_rest(report, helm)


def judge(document: Any) -> None:
    """Whether the schema of its kind takes a document; unknown members are refused."""
    if schema := CUSTOM.get(document["kind"]):
        jsonschema.validate(document, schema)
        return
    for version in VERSIONS:
        kubernetes_validate.validate(document, version, strict=True)


def check_references(documents: Documents) -> None:
    """What documents say of each other holds."""
    deployment = one(documents, "Deployment")
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    chosen = [deployment["spec"]["selector"]["matchLabels"]]
    for (kind, _), document in documents.items():
        spec = document.get("spec", {})
        if kind == "Service":
            chosen.append(spec["selector"])
            ports = {port["name"] for port in deployment["spec"]["template"]["spec"]["containers"][0]["ports"]}
            assert {port["targetPort"] for port in spec["ports"]} <= ports
        elif kind in ("PodDisruptionBudget", "NetworkPolicy"):
            chosen.append((spec.get("selector") or spec["podSelector"])["matchLabels"])
        elif kind == "HorizontalPodAutoscaler":
            assert spec["scaleTargetRef"]["name"] == deployment["metadata"]["name"]
            assert "replicas" not in deployment["spec"], "the autoscaler's number would be reset at each upgrade"
        elif kind == "Ingress":
            path, = spec["rules"][0]["http"]["paths"]
            assert ("Service", path["backend"]["service"]["name"]) in documents and path["path"] == "/"
        elif kind == "ServiceMonitor":
            wanted = spec["selector"]["matchLabels"].items()
            found = [other for (name, _), other in documents.items()
                     if name == "Service" and wanted <= other["metadata"]["labels"].items()]
            assert [port["name"] for port in found[0]["spec"]["ports"]] == ["metrics"] and len(found) == 1
        for key in ("name", "instance", "version", "component", "part-of", "managed-by"):
            assert document["metadata"]["labels"].get(f"app.kubernetes.io/{key}"), f"{kind} lacks the label {key}"
    assert all(selector.items() <= labels.items() for selector in chosen), chosen


def check_credentials(report: Report, helm: Helm) -> None:
    """The three ways in which the server proves who it is."""
    with report.check("workload identity: label and annotation are there, MCP_CLIENT_ID names the registration (E-112, E-113)"):
        documents = helm.render(MINIMAL)
        _, container, variables = pod(documents)
        account = one(documents, "ServiceAccount")
        template = one(documents, "Deployment")["spec"]["template"]
        assert account["metadata"]["annotations"]["azure.workload.identity/client-id"] == CLIENT
        assert template["metadata"]["labels"]["azure.workload.identity/use"] == "true"
        assert template["spec"]["serviceAccountName"] == account["metadata"]["name"]
        assert variables["MCP_CLIENT_ID"] == CLIENT and variables["AZURE_USE_MANAGED_IDENTITY"] == "true"
        assert not {"AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"} & variables.keys() and "volumeMounts" not in container
    with report.check("workload identity without the webhook: the chart mounts the token for the right audience"):
        spec, container, variables = pod(helm.render(FULL))
        token = spec["volumes"][0]["projected"]["sources"][0]["serviceAccountToken"]
        assert token == {"path": "token", "audience": "api://AzureADTokenExchange", "expirationSeconds": 3600}
        assert variables["AZURE_FEDERATED_TOKEN_FILE"] == container["volumeMounts"][0]["mountPath"] + "/token"
    for mode, variable in [("secret", "AZURE_CLIENT_SECRET_FILE"), ("certificate", "AZURE_CLIENT_CERTIFICATE_PATH")]:
        with report.check(f"{mode}: a mounted file, never a variable with the secret itself"):
            documents = helm.render(ROWS[f"a {mode}"])
            spec, container, variables = pod(documents)
            assert variables[variable] == container["volumeMounts"][0]["mountPath"] + "/credential"
            assert spec["volumes"][0]["secret"]["secretName"] == "entra"
            assert "AZURE_USE_MANAGED_IDENTITY" not in variables and "azure.workload.identity" not in json.dumps(
                list(documents.values()))
    with report.check("no document is a secret, and no variable holds one"):
        for values in ROWS.values():
            documents = helm.render(values)
            assert all(kind != "Secret" for kind, _ in documents) and "AZURE_CLIENT_SECRET" not in pod(documents)[2]


def check_pod(report: Report, helm: Helm) -> None:
    """What runs, and with which rights."""
    spec, container, variables = pod(helm.render(MINIMAL))
    with report.check("not root (10001), read-only, no capability, no escalation, default seccomp, no token of the cluster"):
        assert spec["securityContext"] == {
            "runAsNonRoot": True, "runAsUser": 10001, "runAsGroup": 10001, "fsGroup": 10001,
            "seccompProfile": {"type": "RuntimeDefault"}}
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
        assert spec["automountServiceAccountToken"] is False
    with report.check("probes: /healthz for start and life, /readyz for readiness, at the operators' port 9464"):
        names = ("startup", "liveness", "readiness")
        paths = {name: container[f"{name}Probe"]["httpGet"] for name in names}
        assert paths == {
            "startup": {"path": "/healthz", "port": "metrics"}, "liveness": {"path": "/healthz", "port": "metrics"},
            "readiness": {"path": "/readyz", "port": "metrics"}}
        _, inside, others = pod(helm.render(ROWS["all that is optional off"]))
        ask = ["/usr/bin/databricks-jobs-mcp", "healthcheck"]
        assert [inside[f"{name}Probe"]["exec"]["command"] for name in names] == [ask, ask, [*ask, "--ready"]]
        assert others["METRICS_HOST"] == "127.0.0.1"
        assert container["ports"] == [{"name": "http", "containerPort": 8000}, {"name": "metrics", "containerPort": 9464}]
    with report.check("a stop waits for the longest call, whatever it is set to"):
        for seconds in (5, 60, 300):
            spec_, _, variables_ = pod(helm.render(MINIMAL | {"callTimeoutSeconds": seconds}))
            drain = int(variables_["MCP_DRAIN_SECONDS"])
            assert drain > 0 and spec_["terminationGracePeriodSeconds"] >= drain + seconds + 5
            assert variables_["MCP_CALL_TIMEOUT_SECONDS"] == str(seconds)
    with report.check("settings: scope prefix and resource are one address (E-131); the digest wins over the tag"):
        assert variables["AZURE_APP_ID_URI"] == variables["MCP_BASE_URL"] + "/mcp" == "https://jobs-mcp.example.com/mcp"
        assert container["image"] == "registry.azurecr.io/databricks-jobs-mcp:" + yaml.safe_load(
            (CHART / "Chart.yaml").read_text())["appVersion"]
        _, full, others = pod(helm.render(FULL))
        assert full["image"].endswith("@" + DIGEST) and others["MCP_READ_ONLY"] == "true" and "HTTPS_PROXY" in others
        assert others["MCP_ALLOWED_JOBS"] == "name:nightly *,tag:mcp" and others["MCP_ALLOW_GUESTS"] == "false"
    with report.check("every variable is a setting of the server"):
        known = (ROOT / "docs/settings.md").read_text()
        unknown = [name for name in others if f"`{name}`" not in known]
        assert not unknown, unknown
    with report.check("the chart's version of the server is the server's own"):
        version = yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"]
        assert f'version = "{version}"' in (ROOT / "Sources/App/BuildInfo.swift").read_text()


def check_rest(report: Report, helm: Helm) -> None:
    """Around the pod."""
    with report.check("network policy: 8000 for all or for those named, metrics for the monitoring, DNS and 443 outward"):
        policy = one(helm.render(MINIMAL), "NetworkPolicy")["spec"]
        assert policy["policyTypes"] == ["Ingress", "Egress"] and "from" not in policy["ingress"][0]
        assert policy["ingress"][1]["from"][0]["namespaceSelector"]["matchLabels"] == {
            "kubernetes.io/metadata.name": "monitoring"}
        assert [port["port"] for rule in policy["egress"] for port in rule["ports"]] == [53, 53, 443]
        full = one(helm.render(FULL), "NetworkPolicy")["spec"]
        assert "from" in full["ingress"][0] and full["egress"][2]["ports"][0]["port"] == 4318
    with report.check("metrics: open to the cluster by a service of their own, or not at all"):
        documents = helm.render(MINIMAL)
        services = {name: service["spec"]["ports"] for (kind, name), service in documents.items() if kind == "Service"}
        assert [[port["name"] for port in ports] for ports in services.values()] == [["http"], ["metrics"]]
        documents = helm.render(ROWS["all that is optional off"])
        assert pod(documents)[2]["METRICS_HOST"] == "127.0.0.1"
        assert sorted(kind for kind, _ in documents) == ["Deployment", "Service"]
    with report.check("a rules file of Prometheus becomes a PrometheusRule"):
        rules = "groups:\n  - name: mcp\n    rules:\n      - alert: Down\n        expr: up == 0\n        for: 5m\n"
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(rules)
            file.flush()
            documents = helm.render(
                MINIMAL | {"metrics": {"prometheusRule": {"enabled": True}}}, "--set-file",
                f"metrics.prometheusRule.content={file.name}")
        judge(one(documents, "PrometheusRule"))
        assert one(documents, "PrometheusRule")["spec"] == yaml.safe_load(rules)
    with report.check("the notes name the trust that Entra ID needs, for this release's service account"):
        result = helm.run(["install", "jobs"], MINIMAL, "--dry-run=client", "--namespace", "mcp")
        notes = result.stdout.partition("NOTES:")[2]
        assert "--subject system:serviceaccount:mcp:jobs-databricks-jobs-mcp" in notes, result.stdout + result.stderr
        assert "--address https://jobs-mcp.example.com/mcp" in notes
