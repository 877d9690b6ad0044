"""What a person says the columns of an unknown file are, kept as a mapping profile that reads it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from footprint.errors import UnknownSubject
from footprint.store.database import Store
from footprint.uploads import checking, own_profiles
from footprint.uploads.folder import Upload, change
from pos_map.columns import Column, Table
from pos_map.inspecting import ColumnView, Inspection, SheetView, table_of
from pos_map.profile_writing import to_profile
from pos_map.proposing import Guess

Fields = Mapping[str, tuple[str, ...]]
_SECOND = {"map": ("vm", "host", "environment"), "machines": ("application", "environment")}
_SECOND["assets"] = _SECOND["machines"]


def choices(kind: str) -> list[tuple[Table, list[Column]]]:
    """The fields a column may be in a sheet of this kind: those of its table, then of the links it may tell."""
    table, links = table_of(kind), table_of("links")
    if table is None or links is None:
        return []
    found = [(table, [column for column in table.columns if column.need != "dropped"])]
    if second := _SECOND.get(kind):
        found.append((links, [column for column in links.columns if column.field in second]))
    return found


def unknown(upload: Upload, file: int) -> Inspection:
    """What an unknown file of an upload looks like. Raises UnknownSubject."""
    found = checking.found(upload)
    if found is None or not 0 <= file < len(found.unknown):
        raise UnknownSubject("fichier", "file", str(file))
    return found.unknown[file].inspection


def correct(store: Store, upload: Upload, file: int, name: str, fields: Fields) -> Upload:
    """Keep the mapping as a profile of this name, and read the files with it from now on.

    `fields` gives, for "c0-3" (column 3 of sheet 0), a field as "machines.name" or "" for a column left aside.
    Raises UnknownSubject, ProfileRefused.
    """
    seen = unknown(upload, file)
    sheets = tuple(_decided(sheet, rank, fields) for rank, sheet in enumerate(seen.sheets))
    for sheet in sheets:
        _check_sound(sheet)
    text = to_profile(replace(seen, file=name or seen.file, sheets=sheets))
    own_profiles.save(store, name, text)
    return change(upload, profile="")


def _check_sound(sheet: SheetView) -> None:
    """Refuse two columns for one field, and a table without a column that it cannot do without."""
    chosen = Counter((column.guess.kind, column.guess.field) for column in sheet.columns if column.guess)
    table = table_of(sheet.kind)
    if table is None:
        return
    headers = {column.field: column.header for column in table.columns}
    twice = [headers.get(field, field) for (_kind, field), count in chosen.items() if count > 1]
    if twice:
        raise own_profiles.ProfileRefused(
            f"Deux colonnes sont « {twice[0]} » : laissez l’une de côté.",
            f"Two columns are “{twice[0]}”: leave one aside.",
        )
    needed = [column.field for column in table.columns if column.need == "required"]
    # An application may be known by its name alone; a line without a quantity is one thing.
    known = {field for _kind, field in chosen} | {"quantity"}
    if ("map", "name") in chosen:
        known.add("code")
    lacking = [headers[field] for field in needed if field not in known]
    if lacking:
        raise own_profiles.ProfileRefused(
            f"Aucune colonne n’est « {lacking[0]} », sans quoi cette table ne se lit pas. Choisissez-la, ou écrivez "
            "le profil à la main.",
            f"No column is “{lacking[0]}”, without which this table can't be read. Choose it, or write the profile "
            "by hand.",
        )


def _decided(sheet: SheetView, rank: int, fields: Fields) -> SheetView:
    columns = tuple(_column(column, fields.get(f"c{rank}-{column.index}", ())) for column in sheet.columns)
    kinds = Counter(column.guess.kind for column in columns if column.guess and column.guess.kind != "links")
    kind = kinds.most_common(1)[0][0] if kinds else "links" if any(c.guess for c in columns) else ""
    return replace(sheet, columns=columns, kind=kind)


def _column(column: ColumnView, chosen: tuple[str, ...]) -> ColumnView:
    kind, _, field = chosen[0].partition(".") if chosen else ("", "", "")
    table = table_of(kind)
    known = table is not None and field in table.by_field() and not column.personal
    return replace(column, guess=Guess(kind, field, 1.0) if known else None, others=())
