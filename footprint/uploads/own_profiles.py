"""Mapping profiles a body made, kept under the home of the store: next year they read the same export."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from pathlib import Path

from footprint.errors import FootprintError
from footprint.store.database import Store, plain_errors
from footprint.texts import say
from pos_map import profiles
from pos_map.mapping import Profile

_NAME = re.compile(r"[\w][\w .()+-]{0,59}")
LARGEST_BYTES = 256 * 1024
FOLDER = "profiles"


class ProfileRefused(FootprintError):
    """A mapping profile can't be used."""


def paths(home: Path) -> dict[str, Path]:
    """The files of the profiles of the body, by name."""
    folder = home / FOLDER
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))} if folder.is_dir() else {}


def names(store: Store) -> list[str]:
    """The profiles of the body, by name."""
    return sorted(paths(store.home))


def load(store: Store, name: str) -> Profile:
    """A profile of the body, else the shipped one of this name. Raises ProfileRefused."""
    try:
        return named(store.home, name)
    except profiles.BadProfile as bad:
        raise _refused(bad) from None
    except KeyError:
        raise ProfileRefused(f"Profil inconnu : « {name} ».", f"Unknown profile: “{name}”.") from None


def named(home: Path, name: str) -> Profile:
    """A profile of the body, else the shipped one of this name, asked for. Raises BadProfile, KeyError, OSError."""
    own = paths(home)
    return replace(profiles.load(own[name]) if name in own else profiles.named(name), asked=True)


def usable(home: Path) -> list[Profile]:
    """The profiles of the body that can be used: they come before the shipped ones."""
    return [profile for name in paths(home) if (profile := used(home, name)) is not None]


def used(home: Path, name: str) -> Profile | None:
    """A profile of the body, None when it can't be used."""
    try:
        return profiles.load(paths(home)[name])
    except profiles.BadProfile:
        return None


def save(store: Store, name: str, text: str) -> Profile:
    """Keep a profile, in place of the one of this name, and give it. Raises ProfileRefused."""
    name = " ".join(name.split())
    if not _NAME.fullmatch(name):
        raise ProfileRefused(
            "Nom de profil refusé : 1 à 60 lettres, chiffres, espaces, points ou tirets.",
            "Profile name refused: 1 to 60 letters, digits, spaces, dots or hyphens.",
        )
    with plain_errors(store.home):
        _folder(store).mkdir(mode=0o700, exist_ok=True)
        draft = _folder(store) / f".{secrets.token_hex(8)}.draft"
        draft.write_text(text, encoding="utf-8")
        try:
            profile = profiles.load(draft)
        except profiles.BadProfile as bad:
            raise _refused(bad) from None
        else:
            draft.replace(_path(store, name))
        finally:
            draft.unlink(missing_ok=True)
    return profile


def drop(store: Store, name: str) -> None:
    """Forget a profile of the body, if there is one of this name."""
    if name in names(store):
        _path(store, name).unlink(missing_ok=True)


def read_text(path: Path) -> str:
    """The text of a profile that was sent. Raises ProfileRefused."""
    if path.stat().st_size > LARGEST_BYTES:
        raise ProfileRefused("Ce profil est trop gros.", "This profile is too large.")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ProfileRefused(
            "Ce profil n’est pas un texte en UTF-8.", "This profile is not a text in UTF-8."
        ) from None


def _refused(bad: profiles.BadProfile) -> ProfileRefused:
    fr = " ".join(fault.fr for fault in bad.faults[:3])
    en = " ".join(fault.en for fault in bad.faults[:3])
    return ProfileRefused(f"Profil refusé. {fr}", f"Profile refused. {en}")


def shown(profile: Profile) -> str:
    """The title of a profile in the current language."""
    return say(profile.fr, profile.en)


def _folder(store: Store) -> Path:
    return store.home / FOLDER


def _path(store: Store, name: str) -> Path:
    return _folder(store) / f"{name}.yaml"
