"""Stands in for `az`: checks each command line and what it sends, and keeps what was made in a file.

usage: python -m rehearsal.azure_cli ARGUMENT...    (AZURE_STAND_IN names the file)

As the real one it prints what `--query` selects and refuses what it does not know; so a script can be run twice, and the
second run must find everything. A fault of the script ends up in the file, where the checks look.
"""

import json
import os
import re
import sys
import uuid
from pathlib import Path
from typing import Any

import jmespath
import yaml

from rehearsal import azure_commands
from rehearsal.azure_commands import Call
from rehearsal.names import SUBSCRIPTION, TENANT

DATABRICKS = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d"
GRAPH = "https://graph.microsoft.com/"
#: Members of an application that a PATCH may name.
APPLICATION = {"api", "appRoles", "optionalClaims", "identifierUris"}

State = dict[str, Any]


def fresh() -> State:
    """A tenant in which Databricks is known and nothing else."""
    return {
        "apps": {}, "principals": {DATABRICKS: {"oauth2PermissionScopes": [
            {"id": "739272be-e143-11e8-9f32-f2801f1b9fd1", "value": "user_impersonation"}]}},
        "resources": {}, "roles": [], "calls": [], "faults": [], "yaml": None,
    }


class Missing(Exception):
    """What was asked for is not there: status 3, as az answers."""


def identifier(text: str) -> str:
    """A GUID that is always the same for a name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, text))


def sent(call: Call, option: str) -> Any:
    """The JSON in the file that an option names."""
    name = call.one(option)
    assert name.startswith("@"), f"az {call.command}: {option} must name a file, since quoting differs between shells"
    return json.loads(Path(name[1:]).read_text())


def application(state: State, client: str) -> State:
    """The registration with this client id."""
    assert client != "none", "a dry run must not ask for a registration that is not there"
    if client not in state["apps"]:
        raise Missing(client)
    return state["apps"][client]


# --- The directory ------------------------------------------------------------------------------------------------------

def app_create(state: State, call: Call) -> Any:
    assert call.one("--sign-in-audience") == "AzureADMyOrg"
    client = identifier(call.one("--display-name"))
    state["apps"][client] = {
        "appId": client, "id": identifier(client), "displayName": call.one("--display-name"), "identifierUris": [],
        "api": {"requestedAccessTokenVersion": None, "oauth2PermissionScopes": [], "preAuthorizedApplications": []},
        "appRoles": [], "optionalClaims": None, "federated": {}, "permissions": {}, "consent": False,
    }
    return state["apps"][client]


def app_update(state: State, call: Call) -> None:
    app = application(state, call.one("--id"))
    uris = call.options["--identifier-uris"]
    for uri in uris:
        outside = not uri.startswith(f"api://{app['appId']}")
        assert not outside or app["api"]["requestedAccessTokenVersion"] == 2, "https URIs want version 2 first"
        assert not uri.endswith("/"), f"an identifier URI must not end in a slash: {uri}"
    assert len(uris) == len(set(uris)) and not set(app["identifierUris"]) - set(uris), "URIs were dropped or doubled"
    app["identifierUris"] = uris


def federated(state: State, call: Call) -> None:
    app = application(state, call.one("--id"))
    body = sent(call, "--parameters")
    assert body.keys() == {"name", "issuer", "subject", "audiences", "description"}, body.keys()
    assert len(body["audiences"]) == 1, "a credential has exactly one audience"
    name = call.one("--federated-credential-id", body["name"])
    assert (name in app["federated"]) == call.command.endswith("update"), f"{call.command}: {name}"
    app["federated"][name] = body


def rest(state: State, call: Call) -> None:
    assert call.one("--method") == "PATCH" and call.one("--headers") == "Content-Type=application/json"
    address = re.fullmatch(re.escape(GRAPH) + r"v1\.0/applications/([0-9a-f-]{36})", call.one("--uri"))
    assert address, call.one("--uri")
    app = next(app for app in state["apps"].values() if app["id"] == address[1])
    body = sent(call, "--body")
    assert body and not body.keys() - APPLICATION, f"Graph knows no member {body.keys() - APPLICATION}"
    for name, value in body.items():
        if name == "api":
            assert not value.keys() - app["api"].keys(), value.keys()
            app["api"].update(value)
        else:
            app[name] = value
    scopes = {scope["id"] for scope in app["api"]["oauth2PermissionScopes"]}
    for client in app["api"]["preAuthorizedApplications"]:
        assert client["delegatedPermissionIds"] and set(client["delegatedPermissionIds"]) <= scopes, client
    for item in [*app["appRoles"], *app["api"]["oauth2PermissionScopes"]]:
        uuid.UUID(item["id"])


def permission_add(state: State, call: Call) -> None:
    app = application(state, call.one("--id"))
    permission, _, kind = call.one("--api-permissions").partition("=")
    known = {scope["id"] for scope in state["principals"][call.one("--api")]["oauth2PermissionScopes"]}
    assert kind == "Scope" and permission in known, call.one("--api-permissions")
    app["permissions"].setdefault(call.one("--api"), []).append(permission)


def consent(state: State, call: Call) -> None:
    app = application(state, call.one("--id"))
    assert app["permissions"] and app["appId"] in state["principals"], "nothing to consent to"
    app["consent"] = True


def principal_create(state: State, call: Call) -> None:
    application(state, call.one("--id"))
    state["principals"][call.one("--id")] = {"oauth2PermissionScopes": []}


def principal_show(state: State, call: Call) -> Any:
    if call.one("--id") not in state["principals"]:
        raise Missing(call.one("--id"))
    return state["principals"][call.one("--id")]


# --- Resources ----------------------------------------------------------------------------------------------------------

PROVIDERS = {
    "monitor log-analytics workspace": ("Microsoft.OperationalInsights/workspaces", "--workspace-name"),
    "acr": ("Microsoft.ContainerRegistry/registries", "--name"),
    "identity": ("Microsoft.ManagedIdentity/userAssignedIdentities", "--name"),
    "containerapp env": ("Microsoft.App/managedEnvironments", "--name"),
    "containerapp": ("Microsoft.App/containerApps", "--name"),
    "group": ("", "--name"),
}


def resource_id(call: Call) -> str:
    """The id of the resource that a command names."""
    kind, option = PROVIDERS[call.command.rpartition(" ")[0]]
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{call.one('--resource-group', call.one('--name', ''))}"
    return f"{group}/providers/{kind}/{call.one(option)}" if kind else group


def resource_create(state: State, call: Call) -> Any:
    path = resource_id(call)
    group = path.split("/providers/")[0]
    assert path == group or group in state["resources"], f"{call.command}: the group is not there yet"
    state["resources"][path] = {
        "id": path, "options": call.options, "loginServer": f"{call.one('--name', 'x')}.azurecr.io",
        "clientId": identifier(path + "/client"), "principalId": identifier(path + "/principal"),
        "customerId": identifier(path + "/customer"),
        "properties": {"defaultDomain": "kind-sea-0a1b2c3d.westeurope.azurecontainerapps.io"},
    }
    return state["resources"][path]


def resource_show(state: State, call: Call) -> Any:
    path = resource_id(call)
    if path not in state["resources"]:
        raise Missing(path)
    return state["resources"][path]


def build(state: State, call: Call) -> None:
    assert any(path.endswith(f"/registries/{call.one('--registry')}") for path in state["resources"])
    assert call.rest and Path(call.rest[0], "Package.swift").is_file(), "the build wants the project's folder"


def role_create(state: State, call: Call) -> None:
    assert call.one("--scope") in state["resources"] and call.one("--assignee-principal-type") == "ServicePrincipal"
    state["roles"].append({
        "id": identifier(call.one("--scope")), "scope": call.one("--scope"), "role": call.one("--role"),
        "principal": call.one("--assignee-object-id")})


def role_list(state: State, call: Call) -> Any:
    wanted = (call.one("--scope"), call.one("--role"), call.one("--assignee"))
    return [role for role in state["roles"] if (role["scope"], role["role"], role["principal"]) == wanted]


def diagnostics(state: State, call: Call) -> None:
    assert call.one("--resource") in state["resources"] and call.one("--workspace") in state["resources"]
    state["diagnostics"] = sent(call, "--logs")


def app_deploy(state: State, call: Call) -> Any:
    text = Path(call.one("--yaml")).read_text()
    assert not re.search(r"@[A-Z_]+@", text), "a placeholder was left in the app's file"
    state["yaml"] = yaml.safe_load(text)
    assert state["yaml"]["name"] == call.one("--name")
    return resource_create(state, call)


HANDLERS = {
    "account show": lambda state, call: {"id": SUBSCRIPTION, "tenantId": TENANT},
    "cloud show": lambda state, call: {"name": "AzureCloud", "endpoints": {
        "activeDirectory": "https://login.microsoftonline.com", "microsoftGraphResourceId": GRAPH}},
    "ad app create": app_create, "ad app update": app_update, "rest": rest,
    "ad app show": lambda state, call: application(state, call.one("--id")),
    "ad app list": lambda state, call: [
        app for app in state["apps"].values() if app["displayName"].startswith(call.one("--display-name"))],
    "ad app federated-credential list": lambda state, call: list(
        application(state, call.one("--id"))["federated"].values()),
    "ad app federated-credential create": federated, "ad app federated-credential update": federated,
    "ad app permission add": permission_add, "ad app permission admin-consent": consent,
    "ad app permission list": lambda state, call: [
        {"resourceAppId": api, "resourceAccess": [{"id": permission} for permission in permissions]}
        for api, permissions in application(state, call.one("--id"))["permissions"].items()],
    "ad sp create": principal_create, "ad sp show": principal_show,
    "provider register": lambda state, call: None,
    "acr build": build, "role assignment create": role_create, "role assignment list": role_list,
    "monitor diagnostic-settings create": diagnostics, "containerapp create": app_deploy,
} | {f"{kind} create": resource_create for kind in PROVIDERS if kind != "containerapp"} | {
    f"{kind} show": resource_show for kind in PROVIDERS}


def tsv(value: Any) -> str:
    """As `--output tsv` prints it."""
    if value is None or value == []:
        return ""
    if isinstance(value, list):
        rows = ["\t".join(str(cell) for cell in row) if isinstance(row, list) else str(row) for row in value]
        return "\n".join(rows) + "\n"
    return f"{str(value).lower() if isinstance(value, bool) else value}\n"


def main(arguments: list[str]) -> int:
    """Returns the exit status that az would end with."""
    path = Path(os.environ["AZURE_STAND_IN"])
    state = json.loads(path.read_text()) if path.exists() else fresh()
    try:
        call = azure_commands.parse(arguments)
        state["calls"].append(arguments)
        result = HANDLERS[call.command](state, call)
        if call.one("--output", "json") == "tsv":
            print(tsv(jmespath.search(call.one("--query"), result)), end="")
        return 0
    except Missing as error:
        print(f"ERROR: not found: {error}", file=sys.stderr)
        return 3
    except Exception as error:  # whatever it is, the script sent something that is not right
        state["faults"].append(f"az {' '.join(arguments)}: {type(error).__name__}: {error}")
        print(f"ERROR: {error}", file=sys.stderr)
        return 2
    finally:
        path.write_text(json.dumps(state))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
