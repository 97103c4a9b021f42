"""How a fault is brought about and lived through: few ways, of which the rows make many."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from driver.patience import wait_until
from driver.stand import WORK
from driver.web import request

from reliability.certificates import Certificates
from reliability.gate import Fault, Gate
from reliability.world import Scene, World, joined

#: Addresses at which nothing can be: RFC 6761 keeps the name from ever resolving.
NOWHERE = "https://nowhere.invalid"


@dataclass(frozen=True)
class Act:
    """The base: a server with the usual settings."""

    def settings(self, world: World) -> dict[str, str]:
        """What the server is started with, beside the usual."""
        return {}

    #: A command that becomes the server.
    launcher: Sequence[str] = field(default=(), kw_only=True)
    #: Whether the server can be ready before the fault.
    is_ready: bool = field(default=True, kw_only=True)

    def play(self, scene: Scene, operation: str) -> None:
        """Everything from the fault to its end."""
        raise NotImplementedError

    def over(self) -> None:
        """Ends what `settings` began."""


def broken(gate: Gate, how: Fault | str) -> None:
    """Breaks a gate."""
    if isinstance(how, Fault):
        gate.arm(how)
    elif how == "refused":
        gate.refuse()
    else:
        gate.crowd()


def begin(scene: Scene, users: tuple[str, ...], others: tuple[str, ...]) -> None:
    """Lets those call who have tokens at hand before the fault, and looks at the counters."""
    for user in (*users, *others):
        assert scene.call(user, "list_jobs").is_good, f"{user} cannot call before the fault"
    scene.at_first = scene.counters()


@dataclass(frozen=True)
class Broken(Act):
    """A gate breaks, somebody calls, the gate is mended."""

    gate: str
    how: Fault | str
    #: Whether the caller has called before, so that tokens are at hand.
    is_warm: bool = True
    #: Who calls, one after another, and who calls beside them meanwhile.
    users: tuple[str, ...] = ("alice",)
    others: tuple[str, ...] = ()

    def play(self, scene: Scene, operation: str) -> None:
        """Calls before, during and, in `recover`, after."""
        begin(scene, self.users if self.is_warm else (), self.others)
        broken(scene.world.gates[self.gate], self.how)
        at_once(scene, operation, self.users, self.others)
        scene.world.gates[self.gate].mend()


@dataclass(frozen=True)
class Planted(Act):
    """A fault of the sandbox, which knows users; several calls go out at once where several users are named."""

    faults: tuple[dict[str, Any], ...] = ()
    #: What Entra ID does for users.
    scripts: dict[str, list[str]] = field(default_factory=dict)
    is_warm: bool = True
    users: tuple[str, ...] = ("alice",)
    others: tuple[str, ...] = ()

    def play(self, scene: Scene, operation: str) -> None:
        """As `Broken`."""
        begin(scene, self.users if self.is_warm else (), self.others)
        for fault in self.faults:
            scene.world.control("POST", "faults", fault)
        for user, script in self.scripts.items():
            scene.world.control("POST", f"users/{user}", {"script": script})
        lived_through(scene, operation, self.users, self.others)
        scene.world.control("DELETE", "faults")
        for user in self.scripts:
            scene.world.control("POST", f"users/{user}", {"script": ["ok"]})


def lived_through(scene: Scene, operation: str, users: tuple[str, ...], others: tuple[str, ...]) -> None:
    """The calls during a fault: of those whom it is about, then of the others."""
    scene.phase = "during"
    joined(scene.together([(user, operation) for user in users]))
    scene.phase = "others"
    joined(scene.together([(user, "list_jobs") for user in others]))


def at_once(scene: Scene, operation: str, users: tuple[str, ...], others: tuple[str, ...]) -> None:
    """The same, side by side: for faults that keep everybody waiting and know no users."""
    scene.phase = "during"
    calls = scene.together([(user, operation) for user in users])
    scene.phase = "others"
    joined([*calls, *scene.together([(user, "list_jobs") for user in others])])


@dataclass(frozen=True)
class Starts(Act):
    """The server starts while a gate is broken; it must say so, and recover by itself."""

    gate: str
    how: Fault | str
    credential: str = "secret"
    is_ready: bool = field(default=False, kw_only=True)

    def settings(self, world: World) -> dict[str, str]:
        """Breaks the gate before the start."""
        broken(world.gates[self.gate], self.how)
        return {"AZURE_CLIENT_SECRET": "" if self.credential != "secret" else world.environment["AZURE_CLIENT_SECRET"],
                **world.settings(self.credential)}

    def play(self, scene: Scene, operation: str) -> None:
        """Not ready, an answer for who calls, and ready once it is over."""
        scene.phase = "during"
        scene.call("alice", operation)
        note_readiness(scene)
        scene.world.gates[self.gate].mend()
        scene.server.wait_until_ready()


def note_readiness(scene: Scene) -> None:
    """What a probe is told."""
    reply = request("GET", f"{scene.server.base}/readyz")
    scene.notes.add(f"`/readyz` {reply.status}: {reply.json.get('reason', reply.json.get('status'))}")
    if reply.status != 200:
        scene.told.add("server_ready")


@dataclass(frozen=True)
class Elsewhere(Act):
    """A service behind TLS with such a certificate, or under a name that does not exist."""

    service: str
    #: A kind of `certificates.KINDS`, `plain` for a port without TLS, or `dns`.
    kind: str
    is_ready: bool = field(default=False, kw_only=True)
    made: list[Gate] = field(default_factory=list, kw_only=True)

    def settings(self, world: World) -> dict[str, str]:
        """Leads the server there."""
        certificates = Certificates(WORK / "certificates")
        trusted = {"HTTPS_CA_FILE": str(certificates.authority)}
        if self.kind == "dns":
            url = NOWHERE
            trusted = {"DATABRICKS_ALLOW_ANY_HOST": "true", "AZURE_DISABLE_INSTANCE_DISCOVERY": "true"}
        elif self.kind == "plain":
            url = world.gates[self.service].url.replace("http:", "https:")
        else:
            gate = Gate(world.workspace.upstream, tls=certificates.context(self.kind))
            self.made.append(gate)
            url = gate.url
        return trusted | {{"entra": "AZURE_AUTHORITY_HOST", "workspace": "DATABRICKS_HOST"}[self.service]: url}

    def play(self, scene: Scene, operation: str) -> None:
        """It stays so: an operator has to mend it."""
        if self.service == "workspace":
            scene.server.wait_until_ready()
        scene.phase = "during"
        scene.call("alice", operation)
        if self.service == "entra":
            note_readiness(scene)
        scene.recovery = "none needed" if self.kind == "good" else "by an operator"

    def over(self) -> None:
        """The gate that was made."""
        while self.made:
            self.made.pop().stop()


@dataclass(frozen=True)
class Clocks(Act):
    """Entra ID's clock and this machine's are apart."""

    #: Of Entra ID's clock, for the tokens that it issues.
    ahead: int
    #: Of the `Date` of its answers.
    date: int = 0

    def play(self, scene: Scene, operation: str) -> None:
        """A token from the other time, then one from this."""
        world = scene.world
        scene.at_first = scene.counters()
        world.control("POST", "clock", {"advance_seconds": self.ahead, "date_skew_seconds": self.date})
        scene.phase = "during"
        scene.call("alice", operation, token=world.token("alice"))
        world.control("POST", "clock", {"advance_seconds": -self.ahead, "date_skew_seconds": 0})


@dataclass(frozen=True)
class Keys(Act):
    """Entra ID changes its keys, or somebody pretends that it did."""

    #: Calls with tokens of keys that nobody has published.
    strangers: int = 0
    rotations: int = 0
    is_published: bool = True

    def play(self, scene: Scene, operation: str) -> None:
        """Rotations and strangers, and users with good tokens beside them."""
        world = scene.world
        assert scene.call("alice", "list_jobs").is_good
        scene.at_first = scene.counters()
        fetched = keys_fetched(world)
        scene.phase = "during"
        for _ in range(self.rotations):
            world.control("POST", "keys", {"action": "rotate", "published": self.is_published})
            scene.call("alice", operation, token=world.token("alice"))
        flawed = [world.token("alice", flaw="unknown-key") for _ in range(self.strangers)]
        for token in flawed:
            scene.call("alice", "tools/list", token=token)
        scene.phase = "others"
        scene.call("alice", "list_jobs")
        scene.notes.add(f"{keys_fetched(world) - fetched} fetches of the keys")
        if self.rotations > 1:
            # A key that is not known may cause a fetch every five minutes, which nobody waits for here.
            scene.recovery = "within 5 minutes"
        if not self.is_published:
            for key in world.control("GET", "keys")["keys"]:
                world.control("POST", "keys", {"action": "publish", "kid": key["kid"]})
            scene.tokens.clear()
            scene.recovery = "within 5 minutes"


def keys_fetched(world: World) -> int:
    """How often the keys were fetched so far."""
    return sum(record["route"] == "keys" for record in world.requests())


@dataclass(frozen=True)
class Crowd(Act):
    """One user calls very often at once, of a workspace that takes its time; others call as well."""

    calls: int
    others: tuple[str, ...]
    fault: dict[str, Any]

    def play(self, scene: Scene, operation: str) -> None:
        """The others come when the crowd is there."""
        for user in ("alice", *self.others):
            assert scene.call(user, "list_jobs").is_good, f"{user} cannot call before the fault"
        scene.at_first = scene.counters()
        scene.world.control("POST", "faults", self.fault)
        scene.phase = "during"
        crowd = scene.together([("alice", operation)] * self.calls)
        wait_until(lambda: busy(scene), "the crowd to be there")
        scene.phase = "others"
        joined(scene.together([(user, "list_jobs") for user in self.others]))
        joined(crowd)
        scene.world.control("DELETE", "faults")


def busy(scene: Scene) -> bool:
    """Whether somebody is being answered: several requests at a time."""
    text = request("GET", f"{scene.server.metrics}/metrics").text
    for line in text.splitlines():
        if line.startswith("http_server_active_requests "):
            return float(line.split()[1]) >= 4
    return False
