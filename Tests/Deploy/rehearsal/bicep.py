"""Evaluates a Bicep file to the resources that it would deploy, for the constructs that ours uses.

What only Azure knows (ids of principals, host names) is filled in with values that are told apart in the checks. Anything
that this does not know is an error and never passed over.
"""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from rehearsal.names import SUBSCRIPTION, TENANT
from rehearsal.tree import Node, parse, source

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/jobs"

#: Properties that Azure adds to a resource of a type.
RUNTIME = {
    "Microsoft.ManagedIdentity/userAssignedIdentities": {
        "principalId": "0d000000-0000-4000-8000-0000000000b1", "clientId": "1c000000-0000-4000-8000-0000000000b2",
    },
    "Microsoft.ContainerRegistry/registries": {"loginServer": "registry.azurecr.io"},
    "Microsoft.App/managedEnvironments": {"defaultDomain": "kind-sea-0a1b2c3d.westeurope.azurecontainerapps.io"},
    "Microsoft.OperationalInsights/workspaces": {"customerId": "3c000000-0000-4000-8000-0000000000b3"},
}

CLOUDS = {
    "AzureCloud": "https://login.microsoftonline.com/",
    "AzureUSGovernment": "https://login.microsoftonline.us/",
    "AzureChinaCloud": "https://login.partner.microsoftonline.cn/",
}


@dataclass
class Parameter:
    """A parameter with what its decorators say."""

    type: str
    default: Node | None
    rules: dict[str, Any] = field(default_factory=dict)


@dataclass
class Resource:
    """One resource as it would be sent to Azure."""

    symbol: str
    type: str
    api_version: str
    body: dict[str, Any]

    @property
    def id(self) -> str:
        return f"{GROUP}/providers/{self.type}/{self.body['name']}"


class BicepFile:
    """A parsed file; ``evaluate`` gives the resources for a set of parameters."""

    def __init__(self, text: str) -> None:
        self.parameters: dict[str, Parameter] = {}
        self.variables: dict[str, Node] = {}
        self.resources: dict[str, Node] = {}
        self.outputs: dict[str, Node] = {}
        self.scope = ""
        rules: dict[str, Any] = {}
        for node in parse("bicep", text).named_children:
            match node.type:
                case "comment" | "diagnostic_comment":
                    continue
                case "decorators":
                    rules = dict(self._decorator(child) for child in node.named_children)
                    continue
                case "target_scope_assignment":
                    self.scope = source(node.named_children[-1]).strip("'")
                case "parameter_declaration":
                    name, kind, *default = node.named_children
                    self.parameters[source(name)] = Parameter(source(kind), default[0] if default else None, rules)
                case "variable_declaration":
                    self.variables[source(node.named_children[0])] = node.named_children[1]
                case "resource_declaration":
                    self.resources[source(node.named_children[0])] = node
                case "output_declaration":
                    self.outputs[source(node.named_children[0])] = node.named_children[-1]
                case other:
                    raise AssertionError(f"line {node.start_point.row + 1}: {other} is not known here")
            rules = {}

    @staticmethod
    def _decorator(node: Node) -> tuple[str, Any]:
        call = node.named_children[0]
        arguments = call.named_children[1].named_children
        return source(call.named_children[0]), Evaluation({}, BicepFile.__new__(BicepFile)).value(arguments[0])

    def evaluate(self, cloud: str = "AzureCloud", **arguments: Any) -> "Evaluation":
        """All variables, resources and outputs, for these parameters."""
        assert not (unknown := arguments.keys() - self.parameters.keys()), f"no such parameters: {unknown}"
        evaluation = Evaluation(arguments, self, cloud)
        for name, parameter in self.parameters.items():
            check_parameter(name, parameter, evaluation.lookup(name))
        for name in self.resources:
            evaluation.resource(name)
        for name in self.variables:
            evaluation.lookup(name)
        return evaluation


def check_parameter(name: str, parameter: Parameter, value: Any) -> None:
    """What Azure checks before it deploys anything."""
    kinds = {"string": str, "int": int, "bool": bool, "object": dict}
    assert type(value) is kinds[parameter.type], f"{name}: {value!r} is no {parameter.type}"
    for rule, bound in parameter.rules.items():
        sound = {
            "description": lambda: True, "allowed": lambda: value in bound, "minValue": lambda: value >= bound,
            "maxValue": lambda: value <= bound, "minLength": lambda: len(value) >= bound,
            "maxLength": lambda: len(value) <= bound,
        }[rule]()
        assert sound, f"{name}: {value!r} breaks @{rule}({bound})"


class Evaluation:
    """The values of one deployment."""

    def __init__(self, arguments: dict[str, Any], file: BicepFile, cloud: str = "AzureCloud") -> None:
        self.arguments = arguments
        self.file = file
        self.cloud = cloud
        self.values: dict[str, Any] = {}
        self.deployed: dict[str, Resource | None] = {}

    def lookup(self, name: str) -> Any:
        """A parameter, a variable or a resource by its symbol."""
        if name in self.arguments:
            return self.arguments[name]
        if name not in self.values:
            if name in self.file.resources:
                return self.resource(name, required=True)
            node = self.file.variables.get(name)
            if node is None:
                assert name in self.file.parameters, f"{name} is not declared"
                node = self.file.parameters[name].default
                assert node is not None, f"the parameter {name} is wanted"
            self.values[name] = self.value(node)
        return self.values[name]

    def resource(self, symbol: str, required: bool = False) -> Resource | None:
        """The resource with this symbol; ``None`` when its condition does not hold."""
        if symbol not in self.deployed:
            _, kind, body = self.file.resources[symbol].named_children
            if body.type == "if_statement":
                condition, body = body.named_children
                if not self.value(condition):
                    self.deployed[symbol] = None
                    return None
            name, _, version = self.value(kind).partition("@")
            self.deployed[symbol] = Resource(symbol, name, version, {})
            self.deployed[symbol].body.update(self._members(body, first=("name",)))
        assert self.deployed[symbol] is not None or not required, f"{symbol} is used although it is not deployed"
        return self.deployed[symbol]

    def _members(self, node: Node, first: tuple[str, ...] = ()) -> dict[str, Any]:
        members = {}
        for member in (child for child in node.named_children if child.type == "object_property"):
            key, value = member.named_children
            text = source(key) if key.type == "identifier" else self.value(key)
            assert text not in members, f"line {member.start_point.row + 1}: {text} is there twice"
            members[text] = self.value(value)
        assert all(name in members for name in first), f"a resource wants {first}"
        return members

    def value(self, node: Node) -> Any:
        """The value of an expression."""
        children = node.named_children
        match node.type:
            case "string":
                return self._string(node)
            case "number":
                return int(source(node))
            case "boolean":
                return source(node) == "true"
            case "null":
                return None
            case "identifier":
                return self.lookup(source(node))
            case "object":
                return self._members(node)
            case "array":
                return [self.value(child) for child in children]
            case "parenthesized_expression":
                return self.value(children[0])
            case "ternary_expression":
                condition, yes, no = children
                return self.value(yes if self._truth(condition) else no)
            case "unary_expression":
                assert source(node)[0] == "!", source(node)
                return not self._truth(children[0])
            case "binary_expression":
                operator = source(node.children[1])
                assert operator == "&&", f"the operator {operator} is not known here"
                return self._truth(children[0]) and self._truth(children[1])
            case "subscript_expression":
                return self.value(children[0])[self.value(children[1])]
            case "member_expression":
                return self._member(self.value(children[0]), source(children[1]))
            case "call_expression":
                return self._call(source(children[0]), [self.value(child) for child in children[1].named_children])
        raise AssertionError(f"line {node.start_point.row + 1}: {node.type} is not known here: {source(node)[:60]}")

    def _truth(self, node: Node) -> bool:
        value = self.value(node)
        assert type(value) is bool, f"line {node.start_point.row + 1}: {source(node)} is no bool"
        return value

    def _string(self, node: Node) -> str:
        parts = []
        for child in node.named_children:
            if child.type == "interpolation":
                parts.append(str(self.value(child.named_children[0])))
            else:
                assert child.type == "string_content" and "\\" not in source(child), source(node)
                parts.append(source(child))
        return "".join(parts)

    def _member(self, target: Any, name: str) -> Any:
        if not isinstance(target, Resource):
            return target[name]
        match name:
            case "id":
                return target.id
            case "name":
                return target.body["name"]
            case "properties":
                return RUNTIME[target.type]
        raise AssertionError(f"{target.symbol}.{name} is not known here")

    def _call(self, name: str, arguments: list[Any]) -> Any:
        match name, arguments:
            case "empty", [value]:
                return not value
            case "string", [value]:
                assert type(value) is int, f"string({value!r}): Bicep writes True and False with a capital"
                return str(value)
            case "json", [text]:
                return json.loads(text)
            case "concat", lists:
                return sum(lists, [])
            case "replace", [text, old, new]:
                return text.replace(old, new)
            case "resourceGroup", []:
                return {"id": GROUP, "location": "westeurope", "name": "jobs"}
            case "tenant", []:
                return {"tenantId": TENANT}
            case "environment", []:
                return {"name": self.cloud, "authentication": {"loginEndpoint": CLOUDS[self.cloud]}}
            case ("uniqueString" | "guid"), parts:
                unique = str(uuid.uuid5(uuid.NAMESPACE_OID, "|".join(parts)))
                return unique if name == "guid" else unique.replace("-", "")[:13]
            case "subscriptionResourceId", [kind, identifier]:
                return f"/subscriptions/{SUBSCRIPTION}/providers/{kind}/{identifier}"
        raise AssertionError(f"the function {name} with {len(arguments)} arguments is not known here")

    def all(self) -> list[Resource]:
        """What is deployed, in the file's order."""
        return [resource for name in self.file.resources if (resource := self.deployed[name])]

    def one(self, kind: str) -> Resource:
        """The only resource of a type."""
        found = [resource for resource in self.all() if resource.type == kind]
        assert len(found) == 1, f"{len(found)} resources of type {kind}"
        return found[0]

    def output(self, name: str) -> Any:
        """The value of an output."""
        return self.value(self.file.outputs[name])
