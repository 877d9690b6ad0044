"""Passwords as argon2 hashes."""

from __future__ import annotations

import secrets
import threading
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
# One verification holds 64 MB: a flood of sign-ins must not exhaust the machine.
_verifying = threading.BoundedSemaphore(2)


def hashed(password: str) -> str:
    """What the store keeps of a password."""
    return _hasher.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one hashed; without a hash, False after the time of a verification."""
    try:
        with _verifying:
            return _hasher.verify(password_hash or _hash_of_nothing(), password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _hash_of_nothing() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))
