"""The map: free levels of any depth, second places, codes and positions kept, what is not known or not applicable."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos_map import Gathered, Inventory, Node, gather
from pos_map.columns import TABLES
from pos_map.model import IDENTITIES
from pos_map.placement import MapBuilder
from pos_map.spelling import key


def read(tmp_path: Path, previous: tuple[Node, ...] = (), **texts: str) -> Gathered:
    paths = []
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        paths.append(tmp_path / f"{name}.csv")
    return gather(paths, previous=Inventory(nodes=previous))


NODES = """code niveau;libellé;niveau;code parent;rang
D1-1;Santé;sous-domaine;D1;0
D1;Métier;domaine;;1
D2;Support;domaine;;0
"""


def test_levels_are_free_and_come_in_any_order(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        niveaux=NODES,
        pos="code application;nom;emplacement\nA;A;D1-1\nB;B;Métier > Santé > Soins\n",
    )
    assert not found.errors, found.errors
    nodes = {node.code: node for node in found.inventory.nodes}
    assert (nodes["D1"].level, nodes["D1"].position, nodes["D2"].position) == ("domaine", 1, 0)
    assert nodes["D1-1"].parent == "D1"
    assert [app.node for app in found.inventory.applications] == ["D1-1", "D1-1/soins"]
    assert nodes["D1-1/soins"].level == "îlot"


@pytest.mark.parametrize(
    ("nodes", "code"),
    [
        ("A;A;zone;B;\nB;B;zone;A;\n", "node-circle"),
        ("A;A;zone;Z;\nB;B;zone;A;\n", "unknown-node"),
        ("A;A;zone;;\nA;B;zone;;\n", "duplicate"),
        ("".join(f"N{n};N{n};niveau;{f'N{n - 1}' if n else ''};\n" for n in range(6)), "too-deep"),
    ],
)
def test_maps_that_are_no_trees_are_refused(tmp_path: Path, nodes: str, code: str) -> None:
    found = read(tmp_path, niveaux="code niveau;libellé;niveau;code parent;rang\n" + nodes)
    assert code in {fault.code for fault in found.errors}


def test_five_levels_and_no_more(tmp_path: Path) -> None:
    header = "code application;nom;zone;quartier;îlot;bloc;sous-bloc\n"
    found = read(tmp_path, pos=header + "A;A;1;2;3;4;5\n")
    assert found.inventory.applications[0].node == "1/2/3/4/5"
    deep = read(tmp_path, pos="code application;nom;emplacement\nA;A;1 > 2 > 3 > 4 > 5 > 6\n")
    assert [fault.code for fault in deep.errors] == ["too-deep"]


def test_second_places_are_by_code_or_path_and_sum_to_one_at_most(tmp_path: Path) -> None:
    pos = "code application;nom;zone;quartier\nA;A;Z;Q\nB;B;Y;\n"
    second = "application;emplacement secondaire;part\nA;y;30 %\n"
    found = read(tmp_path, pos=pos, places=second)
    assert [(place.application, place.node, place.share) for place in found.inventory.placements] == [
        ("A", "y", 0.3)
    ]
    more = read(tmp_path, pos=pos, places=second + "A;Z > Q;0,8\n")
    assert "shares-above-one" in {fault.code for fault in more.errors}
    lost = read(
        tmp_path, pos=pos, places="application;emplacement secondaire;part\nA;Ailleurs;0,3\nZZ;y;0,1\n"
    )
    assert {fault.code for fault in lost.errors} == {"unknown-node", "unknown-application"}


def test_next_year_keeps_codes_and_positions(tmp_path: Path) -> None:
    first = read(tmp_path, pos="code application;nom;zone\nA;A;Nord\nB;B;Sud\nC;C;Est\n").inventory.nodes
    later = read(
        tmp_path, first, pos="code application;nom;zone\nC;C;EST\nD;D;Ouest\nA;A;Nord\n"
    ).inventory.nodes
    assert {node.code: node.position for node in later} == {"est": 2, "ouest": 3, "nord": 0}


def test_a_box_renamed_in_its_tool_keeps_its_code() -> None:
    before = (Node("nord", None, "zone", "Nord", 4, ref="id-1"),)
    boxes = MapBuilder(before)
    assert boxes.code_of("id-1") == "nord"
    boxes.declare(Node("nord", None, "zone", "Grand Nord", -1, "id-1"))
    assert boxes.nodes() == (Node("nord", None, "zone", "Grand Nord", 4, "id-1"),)
    assert boxes.place(["Grand Nord"]) == "nord"


def test_unknown_zero_and_not_applicable_are_three_things(tmp_path: Path) -> None:
    header = "code application;nom;zone;utilisateurs;volume annuel d'actes;taux RGAA;statut;mise en service\n"
    rows = "A;A;Z;0;inconnu;s.o.;sans objet;2020\nB;B;Z;n/a;?;12 %;nc;s.o.\n"
    one, two = read(tmp_path, pos=header + rows).inventory.applications
    assert (one.users, one.act_volume, one.rgaa, one.na) == (0, None, None, "rgaa status")
    assert (two.users, two.act_volume, two.rgaa, two.na) == (None, None, 0.12, "installed users")
    assert (two.status, one.status) == ("", "")


def test_persons_are_known_and_never_kept(tmp_path: Path) -> None:
    found = read(tmp_path, pos="code application;nom;zone;responsable\nA;A;Z;Quelqu'un\n")
    assert {fault.code for fault in found.faults} == {"missing-for-a-score", "personal-data"}
    assert "Quelqu'un" not in repr(found)


def test_flows_and_their_words(tmp_path: Path) -> None:
    pos = "code application;nom;zone\nA;A;Z\nB;B;Z\n"
    flows = (
        "application source;application cible;nature;chiffré;bidirectionnel\nA;B;fichiers;Oui;non\nA;C;;;\n"
    )
    found = read(tmp_path, pos=pos, flux=flows)
    assert [(flow.target, flow.encrypted, flow.bidirectional) for flow in found.inventory.flows] == [
        ("B", True, False),
        ("C", None, None),
    ]
    assert ("unknown-application", "C") in {(fault.code, fault.value) for fault in found.warnings}


def test_every_table_of_files_names_its_fields_once() -> None:
    for table in TABLES:
        fields = [column.field for column in table.columns]
        headers = table.by_header()
        assert len(fields) == len(set(fields)), table.kind
        for column in table.columns:
            for name in (column.header, *column.aliases):
                assert headers[key(name)] is column, (table.kind, name)
    assert len(IDENTITIES) == 13


def test_texts_of_equipment_may_be_said_unknown_or_not_applicable(tmp_path: Path) -> None:
    header = "nomEquipementPhysique;modele;type;quantite;paysDUtilisation;statut;nomEntite\n"
    found = read(
        tmp_path, hotes=f"{header}A;inconnu;Serveur;1;?;n/a;Cnam\nB;R640;Serveur;1;NC;en service;sans objet\n"
    )
    assert not found.errors
    a, b = found.inventory.assets
    assert (a.model, a.country, a.status, a.na) == ("", "", "", "status")
    # Two letters are a country's code: New Caledonia's.
    assert (b.country, b.entity, b.na) == ("NC", "", "entity")
