"""The bash scripts against the stand-in for `az`: what they make, that a second run finds it, what they refuse."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema

from driver.patience import WHOLE
from driver.report import Report
from rehearsal import arm, template
from rehearsal.azure_cli import fresh
from rehearsal.bicep import RUNTIME, BicepFile
from rehearsal.names import CLIENT, TENANT, WORKSPACE
from rehearsal.tree import DEPLOY

VSCODE = "aebc6443-996d-45c2-90f0-388ff96faa56"
ADDRESS = "https://jobs-mcp.example.com/mcp"
READING = re.compile(r" (show|list)$| (show|list) ")


class Azure:
    """A tenant of its own for one check."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "state.json"
        program = folder / "az"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m rehearsal.azure_cli "$@"\n')
        program.chmod(0o755)
        self.environment = os.environ | {
            "PATH": f"{folder}:{os.environ['PATH']}", "AZURE_STAND_IN": str(self.path), "PATIENCE_SECONDS": "0"}

    @property
    def state(self) -> dict[str, Any]:
        return json.loads(self.path.read_text()) if self.path.exists() else fresh()

    def change(self, **members: Any) -> None:
        """Sets members of the state."""
        self.path.write_text(json.dumps(self.state | members))

    def run(self, script: str, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        """Runs a script of deploy/; its faults in the stand-in's eyes fail the check."""
        result = subprocess.run(
            ["bash", str(DEPLOY / script), *arguments], env=self.environment, capture_output=True, text=True, timeout=WHOLE,
            check=False)
        assert not self.state["faults"], self.state["faults"]
        assert result.returncode == status, f"status {result.returncode}:\n{result.stderr[-1500:]}"
        return result

    def register(self, *arguments: str) -> str:
        """Runs register-app.sh; gives the client id that it prints."""
        return self.run("entra/register-app.sh", *arguments).stdout.strip()

    def deploy(self, client: str, *arguments: str) -> str:
        """Runs deploy.sh; gives the address that it prints."""
        return self.run(
            "container-apps/deploy.sh", "--resource-group", "jobs", "--client-id", client, "--databricks-host", WORKSPACE,
            "--tag", "1", *arguments).stdout.strip()

    def changes(self) -> list[str]:
        """The commands so far that change something."""
        lines = [" ".join(call) for call in self.state["calls"]]
        return [line for line in lines if not READING.search(line.split(" --")[0])]


@contextmanager
def azure() -> Iterator[Azure]:
    """A fresh tenant."""
    with tempfile.TemporaryDirectory() as folder:
        yield Azure(Path(folder))


def check(report: Report) -> None:
    """All checks of the scripts."""
    report.section("deploy/entra and deploy/container-apps, bash")
    check_registration(report)
    check_federation(report)
    check_deployment(report)
    check_refusals(report)


def check_registration(report: Report) -> None:
    """register-app.sh"""
    with report.check("register-app.sh makes every part of the registration (E-135)"), azure() as tenant:
        client = tenant.register("--address", ADDRESS, "--preauthorize", CLIENT)
        app = tenant.state["apps"][client]
        scope = app["api"]["oauth2PermissionScopes"][0]
        assert app["api"]["requestedAccessTokenVersion"] == 2 and scope["value"] == "jobs" and scope["isEnabled"] is True
        assert {(role["value"], *role["allowedMemberTypes"]) for role in app["appRoles"]} == {
            ("Jobs.Read", "Application"), ("Jobs.Run", "Application")}
        assert [claim["name"] for claim in app["optionalClaims"]["accessToken"]] == ["idtyp", "acct", "xms_cc"]
        assert app["identifierUris"] == [f"api://{client}", ADDRESS]
        assert app["api"]["preAuthorizedApplications"] == [
            {"appId": other, "delegatedPermissionIds": [scope["id"]]} for other in (VSCODE, CLIENT)]
        assert app["consent"] and client in tenant.state["principals"]
    with report.check("a second run changes nothing but to confirm consent"), azure() as tenant:
        client = tenant.register("--address", ADDRESS)
        first = tenant.changes()
        assert tenant.register("--address", ADDRESS) == client
        again = tenant.changes()[len(first):]
        assert [" ".join(line.split()[:5]) for line in again] == ["ad app permission admin-consent --id"], again
    with report.check("the address can follow later; other URIs and clients stay"), azure() as tenant:
        client = tenant.register("--preauthorize", CLIENT)
        state = tenant.state
        state["apps"][client]["identifierUris"].append("https://old.example.com/mcp")
        tenant.change(apps=state["apps"])
        tenant.register("--client-id", client, "--address", ADDRESS, "--preauthorize", TENANT)
        app = tenant.state["apps"][client]
        assert app["identifierUris"] == [f"api://{client}", "https://old.example.com/mcp", ADDRESS]
        assert [entry["appId"] for entry in app["api"]["preAuthorizedApplications"]] == [VSCODE, CLIENT, TENANT]
    with report.check("a scope jobs with another id is kept, other scopes are not replaced"), azure() as tenant:
        client = tenant.register()
        apps = tenant.state["apps"]
        apps[client]["api"]["oauth2PermissionScopes"][0]["id"] = TENANT
        apps[client]["api"]["preAuthorizedApplications"] = []
        tenant.change(apps=apps)
        tenant.register()
        assert tenant.state["apps"][client]["api"]["preAuthorizedApplications"][0]["delegatedPermissionIds"] == [TENANT]
        apps[client]["api"]["oauth2PermissionScopes"][0]["value"] = "other"
        tenant.change(apps=apps)
        error = tenant.run("entra/register-app.sh", status=1).stderr
        assert "other scopes (other)" in error and "portal" in error, error
    with report.check("--what-if changes nothing, before and after; --no-consent names the command"), azure() as tenant:
        shown = tenant.run("entra/register-app.sh", "--what-if").stderr
        assert shown.count("would run: az") == 9 and not tenant.changes(), shown
        client = tenant.register("--no-consent")
        assert not tenant.state["apps"][client]["consent"]
        made = tenant.changes()
        shown = tenant.run("entra/register-app.sh", "--what-if", "--address", ADDRESS).stderr
        assert shown.count("would run: az") == 2 and tenant.changes() == made, shown


def check_federation(report: Report) -> None:
    """federate.sh"""
    account = "system:serviceaccount:mcp:jobs"
    issuer = "https://westeurope.oic.prod-aks.azure.com/7b1c2d3e/5b000000/"
    with report.check("federate.sh: identity and service account; made, found, corrected"), azure() as tenant:
        client = tenant.register()
        tenant.run("entra/federate.sh", "--client-id", client, "--subject", CLIENT)
        kubernetes = ("--client-id", client, "--subject", account, "--issuer", issuer, "--name", "aks")
        for _ in range(2):
            tenant.run("entra/federate.sh", *kubernetes)
        credentials = tenant.state["apps"][client]["federated"]
        assert credentials["databricks-jobs-mcp"]["issuer"] == f"https://login.microsoftonline.com/{TENANT}/v2.0"
        assert credentials["databricks-jobs-mcp"]["subject"] == CLIENT
        assert (credentials["aks"]["issuer"], credentials["aks"]["subject"]) == (issuer, account)
        assert {credential["audiences"][0] for credential in credentials.values()} == {"api://AzureADTokenExchange"}
        assert sum("federated-credential create" in line for line in tenant.changes()) == 2
        tenant.run("entra/federate.sh", *kubernetes[:3], account + "2", *kubernetes[4:])
        assert tenant.state["apps"][client]["federated"]["aks"]["subject"] == account + "2"


def comparable(app: Any, identity: str, client: str, environment: str, registry: str, public: str) -> str:
    """An app as text, with what differs between two deployments named alike."""
    text = json.dumps(app, sort_keys=True)
    for value, name in [(identity, "IDENTITY"), (client, "CLIENT"), (environment, "ENVIRONMENT"), (registry, "REGISTRY"),
                        (public, "PUBLIC")]:
        text = text.replace(value, name)
    return text


def check_deployment(report: Report) -> None:
    """deploy.sh, and that it deploys what the template does."""
    bicep = BicepFile((template.FOLDER / "main.bicep").read_text())
    rows = {
        "defaults": ((), {}),
        "everything": (
            ("--min-replicas", "2", "--max-replicas", "9", "--cpu", "1.0", "--concurrent-requests", "20",
             "--log-level", "debug", "--read-only", "--allowed-jobs", "name:nightly *,tag:mcp", "--otlp-endpoint", "http://collector:4318",
             "--base-url", "https://jobs.example.com", "--certificate-id", template.CERTIFICATE),
            {"minReplicas": 2, "maxReplicas": 9, "cpu": "1.0", "concurrentRequests": 20, "logLevel": "debug", "readOnly": True,
             "allowedJobs": "name:nightly *,tag:mcp", "otlpEndpoint": "http://collector:4318",
             "baseUrl": "https://jobs.example.com", "certificateId": template.CERTIFICATE}),
    }
    for title, (arguments, parameters) in rows.items():
        with report.check(f"deploy.sh with {title}: the same app as main.bicep, of the documented shape"), azure() as tenant:
            client = tenant.register()
            address = tenant.deploy(client, *arguments)
            state = tenant.state
            app = {key: value for key, value in state["yaml"].items() if key != "type"}
            jsonschema.validate(app, arm.schema("Microsoft.App/containerApps"))
            made = {path.split("/")[-2]: resource for path, resource in state["resources"].items() if "/providers/" in path}
            identity, registry = made["userAssignedIdentities"], made["registries"]
            evaluation = bicep.evaluate(
                clientId=client, databricksHost=WORKSPACE, image="registry.azurecr.io/databricks-jobs-mcp:1", **parameters)
            expected = dict(evaluation.one("Microsoft.App/containerApps").body)
            del expected["dependsOn"], expected["tags"]
            theirs = evaluation.one("Microsoft.ManagedIdentity/userAssignedIdentities")
            assert comparable(
                app, identity["id"], identity["clientId"], made["managedEnvironments"]["id"], registry["loginServer"],
                address.removesuffix("/mcp"),
            ) == comparable(
                expected, theirs.id, RUNTIME[theirs.type]["clientId"], evaluation.one("Microsoft.App/managedEnvironments").id,
                "registry.azurecr.io", evaluation.output("address").removesuffix("/mcp"))
            credential = state["apps"][client]["federated"]["databricks-jobs-mcp"]
            assert credential["subject"] == identity["principalId"]
            assert state["roles"][0]["principal"] == identity["principalId"]
            logs = evaluation.one("Microsoft.Insights/diagnosticSettings").body["properties"]["logs"]
            assert state["diagnostics"] == logs
    with report.check("a second run makes nothing twice and updates the app"), azure() as tenant:
        client = tenant.register()
        tenant.deploy(client)
        first = tenant.changes()
        tenant.deploy(client, "--log-level", "debug")
        again = [" ".join(line.split(" --")[0].split()) for line in tenant.changes()[len(first):]]
        assert sorted(set(again)) == [
            "acr build", "containerapp create", "monitor diagnostic-settings create", "provider register"], again
        assert {"name": "LOG_LEVEL", "value": "debug"} in \
            tenant.state["yaml"]["properties"]["template"]["containers"][0]["env"]
    with report.check("--what-if changes nothing and shows each command"), azure() as tenant:
        client = tenant.register()
        made = tenant.changes()
        shown = tenant.run(
            "container-apps/deploy.sh", "--resource-group", "jobs", "--client-id", client, "--databricks-host", WORKSPACE,
            "--what-if").stderr
        assert tenant.changes() == made and shown.count("would run: az") == 14, shown
    with report.check("an image that is there is not built again; the trust can be left to others"), azure() as tenant:
        client = tenant.register()
        tenant.deploy(client, "--image", "other.azurecr.io/mcp@sha256:0", "--no-federation")
        assert not any(line.startswith("acr build") for line in tenant.changes())
        assert not tenant.state["apps"][client]["federated"]


#: What is refused before anything is changed, and words of the message.
REFUSED = {
    "a client id that is none": (("--client-id", "x"), "--client-id must be a GUID"),
    "an address with a slash at the end": (("--base-url", "https://jobs.example.com/"), "without a slash"),
    "a base URL with /mcp": (("--base-url", "https://jobs.example.com/mcp"), "without /mcp"),
    "a workspace without TLS": (("--databricks-host", "http://x"), "https address"),
    "fewer replicas at most than at least": (("--min-replicas", "4", "--max-replicas", "3"), "from 4 to 300"),
    "no replica": (("--min-replicas", "0"), "from 1 to 25"),
    "a certificate without its domain": (("--certificate-id", template.CERTIFICATE), "wants --base-url"),
    "an unknown level": (("--log-level", "loud"), "critical, not 'loud'"),
    "an option without its value": (("--tag",), "--tag wants a value"),
    "an unknown option": (("--tags", "x"), "unknown option: --tags"),
    "rules that could leave their quotes": (("--allowed-jobs", 'a", "b'), "cannot hold quotes"),
    "no public address without a network": (("--internal",), "wants --subnet-id"),
}


def check_refusals(report: Report) -> None:
    """Options that are wrong, and a cloud that says no."""
    for title, (arguments, words) in REFUSED.items():
        with report.check(f"deploy.sh refuses {title}"), azure() as tenant:
            result = tenant.run(
                "container-apps/deploy.sh", "--resource-group", "jobs", "--client-id", CLIENT, "--databricks-host", WORKSPACE,
                *arguments, status=1)
            assert words in result.stderr and not tenant.changes(), result.stderr
    with report.check("without Databricks in the tenant, register-app.sh says how to make it known"), azure() as tenant:
        tenant.change(principals={})
        assert "open a workspace once" in tenant.run("entra/register-app.sh", status=1).stderr
    for script in ("entra/register-app.sh", "entra/federate.sh", "container-apps/deploy.sh"):
        with report.check(f"{script} --help describes every option"), azure() as tenant:
            text = (DEPLOY / script).read_text()
            options = set(re.findall(r"^ +(--[a-z-]+)(?=\)| \|)|\| (--[a-z-]+)", text, re.MULTILINE))
            names = {name for pair in options for name in pair if name} - {"--help"}
            shown = tenant.run(script, "--help").stdout
            assert len(names) > 4 and not (missing := [name for name in names if f"#   {name}" not in text]), missing
            assert all(name in shown for name in names), shown
