"""Give references the name of what they refer to: as written, by a rule kept, by the same spelling; else say so.

What nothing bears stays written as it is, with a warning: it is imported, shown as unattached and proposed for
matching, never dropped. Only small tables written by hand (services, keys, second places) refuse it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pos_map.columns import MAP
from pos_map.estate import Estate, Located
from pos_map.faults import Severity, proposal
from pos_map.matching import Matcher, Proposal, Rule, Unmatched
from pos_map.model import Application, ApplicationLink, Inventory
from pos_map.placement import UNPLACED, path_of
from pos_map.rows import Row

# A likeness search over 50,000 names takes hundredths of a second: propose for the first names only.
_PROPOSALS = 300
_SAID = 20

_NOT_KNOWN = {
    "application": ("aucune application connue", "a known application"),
    "machine": ("aucune machine virtuelle connue", "a known virtual machine"),
    "host": ("aucun équipement connu", "a known piece of equipment"),
    "cluster": ("la grappe d'aucun équipement", "the cluster of any equipment"),
    "data_centre": ("aucun centre de données connu", "a known data centre"),
}
_CODES = {kind: f"unknown-{kind.replace('_', '-')}" for kind in _NOT_KNOWN} | {"machine": "unknown-vm"}


@dataclass
class Resolver:
    """The names of one kind, and what was not matched: by name, how many times and what it may be."""

    matcher: Matcher
    missed: Counter[str] = field(default_factory=Counter)
    _proposals: dict[str, tuple[Proposal, ...]] = field(default_factory=dict)

    def resolve(self, row: Row, column: str, name: str, severity: Severity = "warning") -> str:
        """The name to keep; "" when a rule leaves it unattached."""
        if not name:
            return ""
        found, how = self.matcher.find(name)
        if how == "spelling":
            row.warning(
                column,
                "other-spelling",
                f"« {name} » s'écrit ailleurs « {found} » : c'est ce nom qui est retenu.",
                f"“{name}” is written “{found}” elsewhere: that name is kept.",
                found,
            )
        if how:
            return found
        self.miss(row, column, name, severity)
        return name

    def miss(self, row: Row, column: str, name: str, severity: Severity) -> None:
        """Note that nothing bears a name."""
        kind = self.matcher.kind
        self.missed[name] += 1
        near = tuple(found.target for found in self.proposed(name)) if len(self.missed) <= _SAID else ()
        (not_fr, not_en), (fr, en) = _NOT_KNOWN[kind], proposal(near)
        note = row.error if severity == "error" else row.warning
        note(
            column,
            _CODES[kind],
            f"« {name} » n'est {not_fr} : un nom déclaré dans son fichier est attendu.{fr}",
            f"“{name}” is not {not_en}: a name declared in its own file is expected.{en}",
        )

    def proposed(self, name: str) -> tuple[Proposal, ...]:
        """Known names like it, searched once, for the first few hundred names."""
        if name not in self._proposals and len(self._proposals) < _PROPOSALS:
            self._proposals[name] = self.matcher.propose(name)
        return self._proposals.get(name, ())

    def unmatched(self) -> list[Unmatched]:
        """What was not matched, the most frequent first."""
        kind = self.matcher.kind
        return [
            Unmatched(kind, name, count, self.proposed(name)) for name, count in self.missed.most_common()
        ]


class Resolution:
    """Resolve every reference of an estate, its own entries and those of `base` being known."""

    def __init__(self, estate: Estate, base: Inventory, rules: Sequence[Rule], lost: Iterable[str]) -> None:
        self.estate = estate
        self._lost = set(lost)
        self._rules = rules
        # What a person leaves unattached, knowingly: table and name.
        self.left: set[tuple[str, str]] = set()
        self.data_centres = self._of("data_centre", estate.data_centres, base.data_centres, "code")
        self.hosts = self._of("host", estate.assets, base.assets, "name")
        self.machines = self._of("machine", estate.machines, base.machines, "name")
        hosts = [*(located.entry for located in estate.assets), *base.assets]
        clusters = (host.cluster for host in hosts if host.cluster)
        self.clusters = Resolver(Matcher("cluster", clusters, rules))
        self.applications = self._of("application", estate.applications, base.applications, "code")

    def _of(self, kind: str, here: Sequence[Located[Any]], base: Sequence[Any], name: str) -> Resolver:
        names = [
            *(getattr(located.entry, name) for located in here),
            *(getattr(entry, name) for entry in base),
        ]
        return Resolver(Matcher(kind, names, self._rules))

    def machines_and_hosts(self) -> None:
        """Rooms of equipment and of readings, hosts and clusters of virtual machines."""
        estate = self.estate
        if "data_centres" not in self._lost:
            self._each(estate.assets, self.data_centres, "data_centre")
            self._each(estate.readings, self.data_centres, "data_centre", "error")
            self._each(estate.data_centres, self.data_centres, "parent", "error")
        if "assets" not in self._lost:
            self._each(estate.machines, self.hosts, "host")
            # With a host named, the cluster is only a label: State files never repeat it on the host.
            self._each(
                estate.machines, self.clusters, "cluster", when=lambda vm: not vm.host and not vm.inside
            )
        if "machines" not in self._lost:
            self._each(estate.machines, self.machines, "inside")

    def links(self) -> None:
        """What applications run on; applications are matched with the map when there is one."""
        for place, located in enumerate(self.estate.link_rows):
            link, row = located.entry, located.row
            application, vm, host = link.application, link.vm, link.host
            if self.applications.matcher.known:
                _, how = self.applications.matcher.find(application)
                if how in ("rule", "spelling"):
                    application = self.applications.resolve(row, "application", application) or application
            if "machines" not in self._lost:
                vm = self.machines.resolve(row, "vm", vm)
            if "assets" not in self._lost:
                written = self.hosts.resolve(row, "host", row.text("host"))
                host = written if link.host else ""
            if (application, vm, host) != (link.application, link.vm, link.host):
                kept = replace(link, application=application, vm=vm, host=host)
                self.estate.link_rows[place] = Located(kept, row)

    def applications_named(self) -> None:
        """Applications of the other tables, once all are known."""
        if {"links", "map"} & self._lost:
            return
        estate = self.estate
        self.applications = Resolver(
            Matcher("application", [*self.applications.matcher.known, *_codes(estate)], self._rules),
            self.applications.missed,
        )
        self._each(estate.use_cases, self.applications, "application")
        self._each(estate.flows, self.applications, "source")
        self._each(estate.flows, self.applications, "target")
        for entries, column in (
            (estate.services, "application"), (estate.platform_keys, "platform"),
            (estate.platform_keys, "application"), (estate.placements, "application"),
        ):  # fmt: skip
            self._each(entries, self.applications, column, "error")

    def _each(
        self,
        entries: list[Located[Any]],
        resolver: Resolver,
        column: str,
        severity: Severity = "warning",
        when: Callable[[Any], bool] = lambda _entry: True,
    ) -> None:
        known = resolver.matcher.known
        for place, located in enumerate(entries):
            name = getattr(located.entry, column)
            if name and name not in known and when(located.entry):
                kept = resolver.resolve(located.row, column, name, severity)
                if kept != name:
                    entries[place] = Located(replace(located.entry, **{column: kept}), located.row)

    def attach(self, base: Inventory) -> list[Unmatched]:
        """Link virtual machines that no application names, and place applications, by the rules kept.

        Returns the machines and applications that stay unattached, but for those a rule leaves so (`left`).
        """
        estate = self.estate
        names = [*self.applications.matcher.known, *_codes(estate)]
        users = Resolver(Matcher("machine_application", names, self._rules))
        used = {located.entry.vm for located in estate.link_rows} | {link.vm for link in base.links}
        carriers = {located.entry.inside for located in estate.machines} | {vm.inside for vm in base.machines}
        for located in estate.machines:
            name = located.entry.name
            if name in used or name in carriers:
                continue
            application, how = users.matcher.find(name)
            if not how and (former := users.matcher.rule(name)):
                # The rule leads to an application that another rule says is called otherwise now.
                application = self.applications.matcher.find(former)[0]
                how = "rule" if application else ""
            if application and how == "rule":
                link: Located[ApplicationLink] = Located(
                    ApplicationLink(application, "", vm=name), located.row
                )
                estate.link_rows.append(link)
            elif how == "left":
                self.left.add(("machines", name))
            elif not how:
                users.missed[name] += 1
        return [*users.unmatched(), *self._unmapped(), *self._placed()]

    def _unmapped(self) -> list[Unmatched]:
        """The applications that only machines know, where there is a map to match them with."""
        estate = self.estate
        mapped = [line.entry.code for line in estate.applications if not is_unmapped(line.entry)]
        resolver = Resolver(Matcher("application", mapped, self._rules))
        places = Matcher("place", (), self._rules)
        uses = Counter(line.entry.application for line in estate.link_rows)
        for line in estate.applications:
            code = line.entry.code
            if not mapped or not is_unmapped(line.entry):
                continue
            target = resolver.matcher.rule(code)
            if target == "":
                self.left.add(("applications", code))
            elif target != code and target not in resolver.matcher.known and not places.rule(code):
                resolver.missed[code] = max(uses[code], 1)
        return resolver.unmatched()

    def _placed(self) -> list[Unmatched]:
        estate, left = self.estate, []
        places = Matcher("place", (), self._rules)
        unplaced = estate.map.find(UNPLACED)
        for place, located in enumerate(estate.applications):
            app = located.entry
            if app.node != unplaced or unplaced is None:
                continue
            target = places.rule(app.code)
            if target:
                node = estate.map.find(target) or estate.map.place(path_of(target))
                moved: Located[Application] = Located(replace(app, node=node), located.row)
                estate.applications[place] = moved
            elif target is None:
                left.append(Unmatched("place", app.code, 1))
                _no_place(located)
        return left

    def unmatched(self) -> list[Unmatched]:
        """Every name that nothing bears."""
        resolvers = (self.applications, self.machines, self.hosts, self.clusters, self.data_centres)
        return [missed for resolver in resolvers for missed in resolver.unmatched()]


def is_unmapped(application: Application) -> bool:
    """Whether no map names it: `estate.add_unmapped` made it from the line of a machine."""
    made = Application(application.code, application.code, application.node, owner=application.owner)
    return application == made


def without_empty_box(inventory: Inventory) -> Inventory:
    """The inventory without the box of what has no place, once it holds nothing."""
    box = next((node.code for node in inventory.nodes if not node.parent and node.label == UNPLACED), None)
    held = (
        *(app.node for app in inventory.applications),
        *(place.node for place in inventory.placements),
        *(node.parent for node in inventory.nodes),
    )
    if box is None or box in held:
        return inventory
    return replace(inventory, nodes=tuple(node for node in inventory.nodes if node.code != box))


def _no_place(located: Located[Application]) -> None:
    """Say that a line of the map gives no place."""
    code = located.entry.code
    if located.row.kind == MAP.kind:
        located.row.warning(
            "zone",
            "no-place",
            f"« {code} » n'a pas de place sur le POS : elle est montrée dans « {UNPLACED} ».",
            f"“{code}” has no place on the map: it is shown in “{UNPLACED}”.",
        )


def _codes(estate: Estate) -> list[str]:
    return [located.entry.code for located in estate.applications]
