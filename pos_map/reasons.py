"""Why the system could not open or write a file, in words of people: it answers in English whoever asks."""

from __future__ import annotations

import errno

_REASONS = {
    errno.ENOENT: ("il n'existe pas", "it does not exist"),
    errno.EISDIR: ("c'est un dossier", "it is a folder"),
    errno.ENOTDIR: ("une partie du chemin n'est pas un dossier", "a part of the path is not a folder"),
    errno.EACCES: ("vous n'en avez pas le droit", "you do not have the right to"),
    errno.EPERM: ("le système ne le permet pas", "the system does not allow it"),
    errno.EROFS: ("le disque est en lecture seule", "the disk is read-only"),
    errno.ENOSPC: ("le disque est plein", "the disk is full"),
    errno.EDQUOT: ("votre part du disque est pleine", "your share of the disk is full"),
    errno.EEXIST: ("ce nom est déjà pris", "this name is already taken"),
    errno.ENAMETOOLONG: ("son nom est trop long", "its name is too long"),
    errno.ELOOP: ("ses liens tournent en rond", "its links go round in circles"),
    errno.EBUSY: ("il est déjà utilisé", "it is already in use"),
    errno.ETXTBSY: ("il est déjà utilisé", "it is already in use"),
    errno.EMFILE: ("trop de fichiers sont ouverts", "too many files are open"),
    errno.ENFILE: ("trop de fichiers sont ouverts", "too many files are open"),
    errno.EFBIG: ("il est trop gros", "it is too large"),
    errno.EIO: ("le disque ne répond pas", "the disk does not answer"),
    errno.ESTALE: ("le partage réseau a changé : recommencez", "the network share changed: try again"),
    errno.ETIMEDOUT: ("le partage réseau ne répond pas", "the network share does not answer"),
}


def reason(error: OSError) -> tuple[str, str]:
    """Why, as the end of a sentence, in French and English; the system's own words where it is rare."""
    own = error.strerror or str(error)
    return _REASONS.get(error.errno or 0, (own, own))
