"""From the YAML of a profile to a checked `Profile`; everything wrong is said at once.

PLACEHOLDER    what stands for a value people have yet to write
"""

from __future__ import annotations

from pathlib import Path

from pos_map.columns import TABLES, Table
from pos_map.faults import Fault
from pos_map.headers import HEAD_ROWS
from pos_map.mapping import Names, Origin, Profile, SheetMap, TableMap, Test
from pos_map.profiles.nodes import BadProfile, Spot, open_yaml
from pos_map.spelling import key, near
from pos_map.values import Default

_PROFILE = ("name", "title", "source", "encoding", "separator", "header_row", "decimal", "dates", "sheets")
_SHEET = ("names", "recognise", "ignore", "skip_when", "tables")
_TABLE = ("kind", "when", "columns", "values", "levels", "needs")
_ORIGIN = ("column", "join", "with", "value", "factor", "split", "first", "after", "replace")
_TEST = ("column", "is", "blank")
_ENCODINGS = {"auto": "", "utf-8": "utf-8-sig", "utf-16": "utf-16", "cp1252": "cp1252", "latin-1": "latin-1"}
_SEPARATORS = {"auto": "", ";": ";", ",": ",", "|": "|", "tab": "\t", "\\t": "\t", "tabulation": "\t"}
_DECIMALS = {"auto": "", ",": ",", ".": "."}
_DATES = {"auto": "", "day-first": "day-first", "month-first": "month-first"}
_LEVELS_GLUE = " > "
# What a proposed profile leaves to people: read as it stands, it would be taken for a type, a name, a code.
PLACEHOLDER = "À PRÉCISER"
_EXAMPLES = {
    "type": "Serveur",
    "environment": "Production",
    "quantity": "1",
    "level": "zone",
    "month": "2026-01",
}


def read_profile(path: Path) -> Profile:
    """The profile of a YAML file. Raises BadProfile with every fault found, OSError."""
    faults: list[Fault] = []
    root = open_yaml(path, faults)
    given = root.keyed(_PROFILE)
    sheets: tuple[SheetMap, ...] = ()
    if "sheets" in given:
        sheets = tuple(sheet for spot in given["sheets"].items() if (sheet := _sheet(spot)))
    if not sheets and not faults:
        root.expect("une clé « sheets » avec au moins une feuille", "a key “sheets” with at least one sheet")
    fr, en = _title(given.get("title"), path.stem)
    profile = Profile(
        name=_text(given, "name") or path.stem,
        fr=fr,
        en=en,
        sheets=sheets,
        source=_text(given, "source"),
        encoding=_one_of(given, "encoding", _ENCODINGS),
        separator=_one_of(given, "separator", _SEPARATORS),
        header_row=_header_row(given.get("header_row")),
        decimal=_one_of(given, "decimal", _DECIMALS),  # type: ignore[arg-type]
        dates=_one_of(given, "dates", _DATES),  # type: ignore[arg-type]
    )
    if faults:
        raise BadProfile(faults)
    return profile


def _text(given: dict[str, Spot], name: str) -> str:
    return given[name].text() if name in given else ""


def _title(spot: Spot | None, default: str) -> tuple[str, str]:
    """Title in French and English: one text for both, or {fr, en}."""
    if spot is None:
        return default, default
    if spot.kind == "scalar":
        return spot.text(), spot.text()
    given = spot.keyed(("fr", "en"))
    fr = _text(given, "fr") or default
    return fr, _text(given, "en") or fr


def _one_of(given: dict[str, Spot], name: str, words: dict[str, str]) -> str:
    if name not in given:
        return ""
    written = given[name].written.lower().replace("\t", "tab").strip() or "auto"
    if written not in words:
        listed = ", ".join(words)
        given[name].expect(f"un mot parmi : {listed}", f"one of: {listed}", written)
    return words.get(written, "")


def _header_row(spot: Spot | None) -> int:
    written = spot.text() if spot else ""
    if not spot or not written or written == "auto":
        return 0
    if written.isascii() and written.isdigit() and 1 <= int(written[:6]) <= HEAD_ROWS:
        return int(written)
    spot.expect(f"un numéro de ligne de 1 à {HEAD_ROWS}", f"a line number from 1 to {HEAD_ROWS}", written)
    return 0


def _sheet(spot: Spot) -> SheetMap | None:
    given = spot.keyed(_SHEET)
    for name in ("recognise", "tables"):
        if name not in given:
            spot.expect(f"une clé « {name} »", f"a key “{name}”")
            return None
    recognise = tuple(names for item in given["recognise"].items() if (names := item.texts()))
    if not recognise:
        given["recognise"].expect("au moins un nom de colonne", "at least one column name")
    tables = tuple(table for item in given["tables"].items() if (table := _table(item)))
    return SheetMap(
        recognise, tables, _texts(given, "names"), _texts(given, "ignore"), _tests(given, "skip_when")
    )


def _texts(given: dict[str, Spot], name: str) -> Names:
    return given[name].texts() if name in given else ()


def _tests(given: dict[str, Spot], name: str) -> tuple[Test, ...]:
    return tuple(_test(item) for item in given[name].items()) if name in given else ()


def _test(spot: Spot) -> Test:
    given = spot.keyed(_TEST)
    column = _texts(given, "column")
    if not column or not ("is" in given or "blank" in given):
        spot.expect("« column » avec « is » ou « blank »", "“column” with “is” or “blank”")
    words = frozenset(key(word) for word in _texts(given, "is"))
    return Test(column, words, _text(given, "blank").lower() in ("true", "yes", "oui", "vrai"))


def _table(spot: Spot) -> TableMap | None:
    given = spot.keyed(_TABLE)
    table = _kind(given.get("kind"), spot)
    if table is None:
        return None
    if "columns" not in given:
        spot.expect("une clé « columns »", "a key “columns”")
        return None
    origins = {}
    for name, item in given["columns"].entries():
        if _known(table, name, item) and (origin := _origin(item, name)):
            origins[name] = origin
    if "levels" in given and _known(table, "levels", given["levels"]):
        origins["levels"] = Origin(constant=_LEVELS_GLUE.join(given["levels"].texts()))
    _check_required(table, origins, given["columns"])
    needs = _texts(given, "needs")
    for name in needs:
        _known(table, name, given["needs"])
    return TableMap(table, origins, _values(given.get("values"), origins), needs, _tests(given, "when"))


def _kind(spot: Spot | None, above: Spot) -> Table | None:
    kinds = {table.kind: table for table in TABLES}
    written = spot.text() if spot else ""
    if written not in kinds:
        close = ", ".join(near(written, kinds) or kinds)
        (spot or above).expect(f"« kind » parmi : {close}", f"“kind” among: {close}", written)
    return kinds.get(written)


def _known(table: Table, name: str, spot: Spot) -> bool:
    """Whether a table has this field, and keeps it: columns about persons never enter."""
    column = table.by_field().get(name)
    if column is None:
        fields = [found.field for found in table.columns if found.need != "dropped"]
        close = ", ".join(near(name, fields) or fields)
        spot.expect(
            f"un champ de la table « {table.kind} » : {close}",
            f"a field of table “{table.kind}”: {close}",
            name,
        )
    elif column.need == "dropped":
        spot.expect(
            "un champ gardé : celui-ci désigne une personne ou une source, il n'est jamais lu",
            "a field that is kept: this one names a person or a source, it is never read",
            name,
        )
    return column is not None and column.need != "dropped"


def _origin(spot: Spot, name: str) -> Origin | None:
    """A column, a list of alternatives, or the long form."""
    if spot.kind != "mapping":
        names = spot.texts()
        if not names:
            spot.expect("le nom d'une colonne", "the name of a column")
            return None
        return Origin((names,))
    given = spot.keyed(_ORIGIN)
    parts: tuple[Names, ...] = ()
    if "column" in given:
        parts = (given["column"].texts(),)
    elif "join" in given:
        parts = tuple(item.texts() for item in given["join"].items())
    constant = _constant(given, name)
    if not any(parts) and not constant:
        spot.expect("« column », « join » ou « value »", "“column”, “join” or “value”")
        return None
    glue = given["with"].written if "with" in given else ""
    return Origin(
        tuple(filter(None, parts)),
        constant,
        glue or (_LEVELS_GLUE if name == "path" else " "),
        _factor(given.get("factor")),
        given["split"].written if "split" in given else "",
        given["first"].written if "first" in given else "",
        _text(given, "after"),
        _replacements(given.get("replace")),
    )


def _constant(given: dict[str, Spot], name: str) -> str:
    """The value of every line, or of blank cells; a fault where people were to write it and have not."""
    constant = _text(given, "value")
    if key(PLACEHOLDER) in key(constant):
        example = _EXAMPLES.get(name, "…")
        given["value"].expect(
            f'à la place de « {PLACEHOLDER} » la colonne de votre fichier ({name}: "Nom de la colonne") ou une valeur '
            f'vraie pour toutes ses lignes ({name}: {{value: "{example}"}})',
            f'instead of “{PLACEHOLDER}” the column of your file ({name}: "Name of the column") or a value true for '
            f'all its lines ({name}: {{value: "{example}"}})',
            constant,
        )
    return Default(constant)


def _replacements(spot: Spot | None) -> tuple[tuple[str, str], ...]:
    return tuple((theirs, item.written) for theirs, item in spot.entries()) if spot else ()


def _factor(spot: Spot | None) -> float | None:
    if spot is None:
        return None
    try:
        factor = float(spot.text())
    except ValueError:
        factor = 0.0
    if not 0 < factor < 1e12:
        spot.expect(
            "un nombre positif, par exemple 0.001", "a positive number, for instance 0.001", spot.text()
        )
        return None
    return factor


def _check_required(table: Table, origins: dict[str, Origin], spot: Spot) -> None:
    for column in table.columns:
        if column.need == "required" and column.field not in origins:
            spot.expect(f"le champ obligatoire « {column.field} »", f"the required field “{column.field}”")
    if sum(bool(origin.separator) for origin in origins.values()) > 1:
        spot.expect("un seul champ avec « split » par table", "only one field with “split” in a table")


def _values(spot: Spot | None, origins: dict[str, Origin]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, item in spot.entries() if spot else ():
        if name not in origins:
            item.expect("un champ présent sous « columns »", "a field given under “columns”", name)
        found[name] = {"*" if theirs == "*" else key(theirs): ours.text() for theirs, ours in item.entries()}
    return found
