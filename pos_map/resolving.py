"""Give references the name of what they refer to: as written, by a rule kept, by the same spelling; else say so.

What nothing bears stays written as it is, with a warning: it is imported, shown as unattached and proposed for
matching, never dropped. Only small tables written by hand (services, keys, second places) refuse it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from pos_map.columns import MAP
from pos_map.estate import Estate, Located
from pos_map.faults import Severity
from pos_map.matching import Matcher, Rule, Unmatched
from pos_map.model import IDENTITIES, Application, ApplicationLink, Inventory
from pos_map.placement import UNPLACED, path_of
from pos_map.resolver import Resolver

_NOTHING = Inventory()


class Resolution:
    """Resolve every reference of an estate, its own entries and those of `base` being known, and what `previous`
    called otherwise."""

    def __init__(
        self,
        estate: Estate,
        base: Inventory,
        rules: Sequence[Rule],
        lost: Iterable[str] = (),
        previous: Inventory = _NOTHING,
    ) -> None:
        self.estate = estate
        self._lost = set(lost)
        self._rules = rules
        # What a person leaves unattached, knowingly: table and name.
        self.left: set[tuple[str, str]] = set()
        self.data_centres = self._of("data_centre", "data_centres", base, previous)
        self.hosts = self._of("host", "assets", base, previous)
        self.machines = self._of("machine", "machines", base, previous)
        hosts = [*(located.entry for located in estate.assets), *base.assets]
        clusters = (host.cluster for host in hosts if host.cluster)
        self.clusters = Resolver(Matcher("cluster", clusters, rules))
        self.applications = self._of("application", "applications", base, previous)

    def _of(self, kind: str, table: str, base: Inventory, previous: Inventory) -> Resolver:
        (name,) = IDENTITIES[table]
        here = [located.entry for located in self.estate.located()[table]]
        names = [getattr(entry, name) for entry in (*here, *getattr(base, table))]
        # What bore the same reference under another name, gone since.
        now = {entry.ref: getattr(entry, name) for entry in here if entry.ref}
        before = [(getattr(entry, name), now.get(entry.ref)) for entry in getattr(previous, table)]
        renamed = {old: new for old, new in before if new is not None and new != old}
        return Resolver(Matcher(kind, names, self._rules), renamed)

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
                if how in ("rule", "spelling") or application in self.applications.renamed:
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
            self.applications.renamed,
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
            # A machine that bears the name of an application is not said to serve it: a rule is asked for too.
            application = self.user(users.matcher, name)
            if application:
                estate.by_rule.add(("links", name, application))
                link: Located[ApplicationLink] = Located(
                    ApplicationLink(application, "", vm=name), located.row
                )
                estate.link_rows.append(link)
            elif application == "":
                self.left.add(("machines", name))
            else:
                users.missed[name] += 1
        return [*users.unmatched(), *self._unmapped(), *self._placed()]

    def user(self, users: Matcher, machine: str) -> str | None:
        """The application that rules lead a machine to, "" for none knowingly, None when they name no known one."""
        application = users.rule(machine)
        if application and application not in users.known:
            # The rule leads to an application that another rule says is called otherwise now.
            return self.applications.matcher.find(application)[0] or None
        return application

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
                boxes = estate.map.nodes()
                node = estate.map.find(target) or estate.map.place(path_of(target))
                estate.by_rule |= {("nodes", box.code, "") for box in estate.map.nodes()[len(boxes) :]}
                estate.by_rule.add(("applications", app.code, node))
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
