"""The Azure CLI commands that scripts and guides use, with the options that az 2.91 has for them."""

from dataclasses import dataclass

#: Options of every command.
COMMON = {"--output", "--only-show-errors", "--query", "--subscription"}
#: Options that stand alone.
FLAGS = {
    "--only-show-errors", "--wait", "--no-wait", "--yes", "--follow", "--enable-oidc-issuer", "--enable-workload-identity", "--all",
    "--overwrite-existing", "--what-if", "--confirm-with-what-if", "--append",
}
#: Options that take all words up to the next option.
LISTS = {"--identifier-uris", "--public-client-redirect-uris", "--set-env-vars", "--parameters"}

#: A command's words, then its options; `!` marks what it cannot do without.
TABLE = """
account show: name
aks show: name! resource-group!
aks update: name! resource-group! enable-oidc-issuer enable-workload-identity attach-acr
aks get-credentials: name! resource-group! overwrite-existing
acr build: registry! image file timeout platform no-wait build-arg
acr create: name! resource-group! location sku! admin-enabled
acr show: name! resource-group
acr login: name!
acr repository show-tags: name! repository! orderby top
ad app create: display-name! sign-in-audience identifier-uris is-fallback-public-client public-client-redirect-uris
ad app credential reset: id! append
ad app delete: id!
ad app federated-credential create: id! parameters!
ad app federated-credential delete: id! federated-credential-id!
ad app federated-credential list: id!
ad app federated-credential update: id! federated-credential-id! parameters!
ad app list: display-name filter app-id all
ad app permission add: id! api! api-permissions!
ad app permission admin-consent: id!
ad app permission list: id!
ad app show: id!
ad app update: id! identifier-uris set
ad sp create: id!
ad sp show: id!
ad sp update: id! set
cloud show: name
containerapp create: name! resource-group! yaml environment image
containerapp env create: name! resource-group! location enable-workload-profiles logs-destination
    infrastructure-subnet-resource-id internal-only
containerapp env certificate list: name! resource-group! managed-certificates-only
containerapp env show: name! resource-group!
containerapp ingress traffic set: name! resource-group! revision-weight
containerapp logs show: name! resource-group! type follow tail revision replica container format
containerapp revision activate: name revision! resource-group!
containerapp revision list: name! resource-group! all
containerapp revision set-mode: name! resource-group! mode!
containerapp show: name! resource-group!
containerapp update: name! resource-group! image set-env-vars min-replicas max-replicas yaml
containerapp hostname add: name! resource-group! hostname!
containerapp hostname bind: name! resource-group! hostname! environment validation-method certificate
extension add: name!
deployment group create: resource-group! template-file parameters name what-if confirm-with-what-if
deployment group show: resource-group! name!
deployment group what-if: resource-group! template-file parameters name
group create: name! location!
group delete: name! yes no-wait
group show: name!
identity create: name! resource-group! location
identity show: name! resource-group!
login: tenant
monitor diagnostic-settings create: name! resource! workspace logs metrics
monitor log-analytics query: workspace! analytics-query! timespan
monitor log-analytics workspace create: workspace-name! resource-group! location retention-time sku
monitor log-analytics workspace show: workspace-name! resource-group!
provider register: namespace! wait
rest: method uri! headers body
role assignment create: scope! role! assignee-object-id assignee-principal-type assignee
role assignment list: scope role assignee-object-id assignee all
"""

COMMANDS = {
    words: {f"--{option.rstrip('!')}": option.endswith("!") for option in options.split()}
    for words, _, options in (line.partition(": ") for line in TABLE.replace("\n    ", " ").strip().splitlines())
}


@dataclass
class Call:
    """A command line, taken apart."""

    command: str
    options: dict[str, list[str]]
    rest: list[str]

    def one(self, option: str, default: str | None = None) -> str:
        """The value of an option."""
        values = self.options.get(option, [] if default is None else [default])
        assert len(values) == 1, f"{self.command}: {option} wants one value, not {values}"
        return values[0]


def parse(arguments: list[str]) -> Call:
    """Takes a command line apart as az would; an assertion says what az would refuse."""
    command = next((words for count in range(min(5, len(arguments)), 0, -1)
                    if (words := " ".join(arguments[:count])) in COMMANDS), None)
    assert command, f"no such command: az {' '.join(arguments[:4])}"
    short = {"-g": "--resource-group", "-n": "--name", "-o": "--output", "-r": "--registry", "-t": "--image"}
    options: dict[str, list[str]] = {}
    rest: list[str] = []
    current = None
    for word in arguments[len(command.split()):]:
        word = short.get(word, word)
        if word.startswith("--"):
            assert word in COMMANDS[command] or word in COMMON, f"az {command} has no option {word}"
            assert word not in options, f"az {command}: {word} is there twice"
            options[word] = []
            current = None if word in FLAGS else word
        elif current and (current in LISTS or not options[current]):
            options[current].append(word)
        else:
            rest.append(word)
    assert not rest or command == "acr build" and len(rest) == 1, f"az {command} does not take {rest}"
    for option, values in options.items():
        assert values or option in FLAGS, f"az {command}: {option} wants a value"
    missing = [option for option, is_required in COMMANDS[command].items() if is_required and option not in options]
    assert not missing, f"az {command} wants {missing}"
    return Call(command, options, rest)
