"""The picture of the map: what it shows, that nothing overflows or leaks, that it stays the same."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from map_estates import HOSTILE, amount, content, estate, node, tile

import footprint.report.map_picture.rendering as rendering
from footprint.errors import CampaignError
from footprint.report.errors import ReportError
from footprint.report.map_picture import COLOURS, picture, write_picture
from footprint.report.map_picture.content import content as gathered
from footprint.report.map_picture.content import count, in_order
from footprint.report.map_picture.page import svg
from footprint.report.map_picture.rendering import drawn
from footprint.sheets import Gap, Part
from footprint.store.database import Store
from footprint.texts import set_language

SVG = "{http://www.w3.org/2000/svg}"


def texts(drawing: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(drawing).iter(f"{SVG}text")]


def test_the_sample_says_what_it_must(sample_store: Store) -> None:
    said = " ".join(texts(picture(sample_store, "svg").decode()))
    expected = (
        "Caisse Exemple, 2026", "par an", "à 90", "échelle 2026.1", "Notes provisoires", "évaluation du",
        "non évaluée", "données surtout génériques", "Relation et échanges", "TRI-COURRIER",
    )  # fmt: skip
    for words in expected:
        assert words in said
    set_language("en")
    said = " ".join(texts(picture(sample_store, "svg", "total").decode()))
    assert "class of the yearly total" in said
    assert "1: < 100" in said
    assert "provisoires" not in said


def test_svg_is_an_image_with_its_words() -> None:
    root = ET.fromstring(svg(content(estate(2, 2, 2)), "note"))
    assert root.get("role") == "img"
    assert root.get("viewBox") == "0 0 1920 1080"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text == "Carte du système d’information, Caisse, 2026"
    assert description is not None
    assert "Zone 0, 4 applications" in (description.text or "")
    assert "En tableau" in (description.text or "")


def test_one_tile_an_application_with_its_name_for_a_pointer() -> None:
    drawing = svg(content(estate(2, 2, 3)), "note")
    titles = [element.text for element in ET.fromstring(drawing).iter(f"{SVG}title")][1:]
    assert len(titles) == 12
    assert titles[0] == "Z0Q0A0, Gestion Z0Q0A0, note B, 200\u202fkg"


def test_states_are_told_apart() -> None:
    seen = {
        "unassessed": tile("X", total=None),
        "weak": tile("X", generic=0.9),
        "incomplete": tile("X", complete=False),
        "plain": tile("X"),
    }
    drawings = {
        name: svg(content((node("Z", applications=(one,)),)), "note").split("</desc>")[1]
        for name, one in seen.items()
    }
    body = {
        name: drawing[: drawing.index('y="1012.0"')] for name, drawing in drawings.items()
    }  # above the legend
    assert 'fill="url(#hatch)"' in body["unassessed"]
    assert "non évaluée" in body["unassessed"]
    assert "stroke-dasharray" in body["weak"]
    assert "≥ 200" in body["incomplete"]
    assert not any(sign in body["plain"] for sign in ('fill="url(#hatch)"', "stroke-dasharray", "≥"))


def test_a_sum_that_lacks_something_is_a_lower_bound() -> None:
    lacking = node("Q", applications=(tile("X", complete=False), tile("Y")))
    found = content((node("Z", applications=(tile("A"),)), node("W", children=(lacking,))))
    said = texts(svg(found, "note"))
    assert [words[:5] for words in said if words[:1] == "≥"] == ["≥ 1,2", "≥ 1,0", "≥ 1,0", "≥ 200", "≥ éva"]
    assert "W, 2 applications, ≥ 1,0" in svg(found, "note")
    # An application not assessed is lacking too; a second place counts nothing.
    assert not node("Z", applications=(tile("V", total=None),)).complete
    assert node("Z", applications=(replace(tile("V", complete=False), part=0.3),)).complete
    lacking_asset = replace(found, nodes=(), summary=replace(found.summary, gaps=(Gap("S1", "use", "PUE"),)))
    assert not lacking_asset.complete


def test_the_total_says_what_it_is_made_of() -> None:
    found = content(estate(1, 1, 1))
    parts = {
        "applications_total": amount(3.7e3), "unallocated": (Part("x", "x", amount(2.8e3), 0.4),),
        "posts": (Part("y", "y", amount(70.0), 0.01), Part("z", "z", amount(10.0), 0.01)),
    }  # fmt: skip
    shared = replace(found, summary=replace(found.summary, total=amount(6.58e3), **parts))
    made = "dont applications 3,7\u202ft, non affecté 2,8\u202ft, postes et équipements 80\u202fkg"
    assert made in texts(svg(shared, "note"))
    assert f"{made}." in svg(shared, "note").split("</desc>")[0]
    alone = replace(found, summary=replace(shared.summary, unallocated=(), posts=()))
    assert "dont" not in " ".join(texts(svg(alone, "note")))


def test_colours_say_different_things() -> None:
    found = content((node("Z", applications=(tile("X", total=5e4, generic=0.8, letter="C"),)),))
    marks = {colour: texts(svg(found, colour)) for colour in COLOURS}
    assert "C" in marks["note"]
    assert "4" in marks["total"]
    assert "80\u202f%" in marks["quality"]
    assert len({svg(found, colour) for colour in COLOURS}) == 3


def test_hostile_words_stay_words() -> None:
    found = content((node(HOSTILE * 5, applications=(replace(tile(HOSTILE), name=HOSTILE),)),), HOSTILE * 9)
    drawing = svg(found, "note")
    root = ET.fromstring(drawing)  # well formed
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        "svg", "title", "desc", "defs", "pattern", "rect", "text", "g",
    }  # fmt: skip
    assert "<script" not in drawing
    assert not any(char in drawing for char in "\x00\x1b\u202e")
    assert drawn(found, "png", "note")[:4] == b"\x89PNG"


def test_empty_maps_are_pictures_too() -> None:
    assert "Aucune application sur la carte." in texts(svg(content((), total=None), "note"))
    said = texts(svg(content((node("Zone vide", total=None),), total=None), "note"))
    assert "Zone vide" in said
    assert "0 application" in said
    assert "non évalué" in said
    assert not any("0 kg" in words for words in said)


def test_applications_off_the_map_are_counted() -> None:
    assert "3 applications hors carte" in " ".join(
        texts(svg(replace(content(estate(1, 1, 1)), outside=3), "note"))
    )


def test_png_and_pdf_are_the_same_each_time() -> None:
    found = content(estate(2, 2, 2))
    png = drawn(found, "png", "note")
    assert int.from_bytes(png[16:20]) == 1920
    assert int.from_bytes(png[20:24]) == 1080
    assert png == drawn(found, "png", "note")
    pdf = drawn(found, "pdf", "note")
    assert pdf == drawn(found, "pdf", "note")
    assert b"/MarkInfo" in pdf
    assert b"/Alt" in pdf
    assert b"pdfuaid" in pdf


def test_a_sign_without_a_font_still_makes_a_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "FAMILIES", ())
    rendering._family.cache_clear()
    pdf = drawn(content((node("\U00013080 \ua727"),)), "pdf", "note")
    rendering._family.cache_clear()
    assert pdf.startswith(b"%PDF")
    assert b"/MarkInfo" in pdf


def test_files_are_written_whole_or_not(sample_store: Store, tmp_path: Path) -> None:
    path = write_picture(sample_store, tmp_path / "carte.svg", "svg")
    assert path.read_bytes() == picture(sample_store, "svg")
    with pytest.raises(ReportError, match="dossier qui existe"):
        write_picture(sample_store, tmp_path / "absent" / "carte.svg", "svg")
    assert [one.name for one in tmp_path.glob("*carte*")] == ["carte.svg"]


def test_without_typst_only_svg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    rendering._family.cache_clear()
    found = content(estate(1, 1, 1))
    with pytest.raises(ReportError, match="reports"):
        drawn(found, "png", "note")
    assert drawn(found, "svg", "note")


def test_nothing_assessed_is_said(tmp_path: Path) -> None:
    from footprint.store.database import open_store
    from footprint.store.referential import ensure_campaign

    store = open_store(tmp_path / "home")
    with pytest.raises(CampaignError):
        picture(store, "svg")
    ensure_campaign(store, "Caisse", 2026)
    with pytest.raises(CampaignError):
        picture(store, "svg")
    store.close()


def test_newcomers_stand_last(sample_store: Store) -> None:
    """A year before without some applications: they come after the others of their box."""
    from sqlmodel import select

    from footprint.store import tables as t
    from footprint.store.referential import current_campaign

    here = current_campaign(sample_store)
    with sample_store.writing() as session:
        before = t.Campaign(organisation=here.organisation, year=here.year - 1, created_at=here.created_at)
        session.add(before)
        session.flush()
        for row in session.exec(select(t.Application).where(t.Application.campaign_id == here.id)).all():
            if row.code != "DSN-CONTROLE":
                session.add(t.Application(**{**row.model_dump(), "campaign_id": before.id}))
    for top in gathered(sample_store).nodes:
        for middle in top.children:
            for box in middle.children:
                codes = [one.code for one in box.applications]
                if "DSN-CONTROLE" in codes:
                    assert codes == ["DSN-RECEP", "DSN-RETOUR", "DSN-CONTROLE"]
                    return
    pytest.fail("the box is not on the map")


def test_amounts_change_no_place() -> None:
    first, second = estate(2, 2, 3), estate(2, 2, 3, total=1e6)
    shapes = [
        [
            line.split(" fill=")[0]
            for line in svg(content(nodes), "note").splitlines()
            if line.startswith("<rect")
        ]
        for nodes in (first, second)
    ]
    assert shapes[0] == shapes[1]
    assert amount(1.0).value == 1.0


def test_a_second_place_is_drawn_there_and_counted_once() -> None:
    first = tile("ACC-1")
    there = replace(node("Courrier"), second=(replace(first, part=0.3),))
    nodes = (node("Accueil", (), (first,)), there)
    placed = tuple(in_order(one, {}) for one in nodes)
    picture_of = content(placed)
    said = texts(svg(picture_of, "note"))
    assert sum(map(count, placed)) == 1
    assert any(words.startswith("ACC-1 (30") for words in said)
    assert ", second emplacement, note " in svg(picture_of, "note")
