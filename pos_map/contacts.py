"""E-mail addresses and telephone numbers in a text: found, struck out, told from identifiers and counts.

contact        whether a text holds an e-mail address or a telephone number
redacted       the text, both struck out
without_mail   the text, its e-mail addresses struck out
LEFT_OUT       what stands in their place; MASKS, the same in any language
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from pos_map.spelling import plain as bare

PERSONAL_FR, PERSONAL_EN = "donnée personnelle écartée", "personal data left out"
LEFT_OUT = f"({PERSONAL_FR})"
# A cell of these says nothing: it comes back from the workbook of findings.
MASKS = frozenset({LEFT_OUT, f"({PERSONAL_EN})"})
_REMEMBERED = 16_384
_FEWEST_DIGITS = 9

_AT = r"(?:@|[ \u00a0]?[\[(][ ]?(?:at|arobase|arobas|@)[ ]?[\])][ \u00a0]?)"
_EMAIL = re.compile(
    rf"[^\s@<>();:,\[\]]{{1,64}}{_AT}[^\s@<>();:,\[\]]{{1,190}}\.[a-zA-Z]{{2,24}}", re.IGNORECASE
)
_MARKED_AT = re.compile(r"@|[\[(] ?(?:at|arobase?) ?[\])]", re.IGNORECASE)
_GAP = r"[ ./_\u00a0\u202f-]"
# French numbers with any marks between the pairs, then those of any country. A letter and a mark before one may be
# a label ("DSI,06…"); before a hyphen, it is for mobiles only: "SRV-0123456789" is a name.
_PHONE = re.compile(
    r"(?P<french>(?:(?<![\w.,-])|(?<=[^\W\d_][.,])|(?<=[^\W\d_][-_])(?=0[67]))"
    rf"(?:(?:\+|00|\(\+?|\b(?=33[ .])) ?33\)?[ .]?(?:\(0\))?[ .-]?|0|\(0\) ?)[1-9](?:{_GAP}?\d{{2}}){{4}}(?!\w|:\d))"
    rf"|(?<![\w.,+])(?P<abroad>(?:\+|00[ ]?)[1-9]\d*(?:(?:{_GAP}|[()]){{1,3}}\d{{1,4}}){{0,6}})(?!\w|:\d)"
    r"|(?P<glued>(?<!\d)33[1-9]\d{8}(?!\d))"
)
_PAIRS = re.compile(r"\d{2}(?:([/.])\d{2})(?:\1\d{2}){3}")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:.*)?")
_RUN = re.compile(r"\d+")
# Words that a number follows which is no telephone, and those that say it is one all the same.
_NUMBERED = re.compile(
    r"(?:^|[^a-z])(?:marches?|lots?|n[o°]s?|num|numeros?|sirets?|sirens?|finess|iban|rib|ref|references?|sn|s/n|series?|"
    r"serveurs?|inventaires?|codes?|dossiers?|contrats?|tickets?|incidents?|commandes?|factures?|devis|flux|id|"
    r"identifiants?|asset|tag|imei|immobilisations?|demandes?)(?: ?(?:n[o°]|numero))?[ .:#=]*$"
)
_CALLED = re.compile(
    r"(?:^|[^a-z])(?:tel|telephone|telephonique|phone|mobile|portable|port|gsm|fax|appel\w*|ligne)[^a-z]"
)
_BEFORE = 40
_THOUSANDS = re.compile(r"\+?[ ]?\d{1,3}(?:[ .\u00a0\u202f]\d{3})+")
# The numbers of countries, of one to three digits.
_COUNTRY = re.compile(
    r"[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|(?:2[1-69]|3[578]|42|5[09]|6[789]|8[058]|9[679])\d"
)
_NATIONAL = {"1": 10, "33": 9}
_MOST_DIGITS = 15


@lru_cache(maxsize=_REMEMBERED)
def contact(text: str) -> bool:
    """Whether a text holds an e-mail address or a telephone number."""
    if holds_mail(text):
        return True
    if sum(map(str.isdigit, text)) < _FEWEST_DIGITS or _DATE.fullmatch(text):
        return False
    return any(_is_phone(match) for match in _PHONE.finditer(text))


def holds_mail(text: str) -> bool:
    """Whether a text holds an e-mail address, its @ written or spelled out: "a[at]b.fr"."""
    return bool(_MARKED_AT.search(text) and _EMAIL.search(text))


def without_mail(text: str) -> str:
    """A text whose e-mail addresses are struck out: an identifier may look like a telephone, an address is one."""
    return _EMAIL.sub(LEFT_OUT, text) if holds_mail(text) else text


def redacted(text: str, mark: str = LEFT_OUT) -> str:
    """A text whose e-mail addresses and telephone numbers are struck out, `mark` in their place."""
    if not contact(text):
        return text
    return _PHONE.sub(lambda match: mark if _is_phone(match) else match[0], _EMAIL.sub(mark, text))


def bare_mobile(text: str) -> bool:
    """Whether a text is a French mobile that a spreadsheet took for a number: nine digits, the first 6 or 7.

    Such a number that begins with 7 and holds a valid key may be a SIREN: those of many bodies do.
    """
    if len(text) != 9 or not text.isascii() or not text.isdigit() or text[0] not in "67":
        return False
    return text[0] == "6" or not _valid_siren(text)


def _valid_siren(text: str) -> bool:
    doubled = (int(digit) * (1 + rank % 2) for rank, digit in enumerate(text))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _is_phone(match: re.Match[str]) -> bool:
    """Whether what looks like a telephone is one, by its digits and what stands before."""
    written = match[0]
    if match["abroad"]:
        return _from_abroad(written)
    if _PAIRS.fullmatch(written) and _counts_up(written):
        return False
    if _RUN.fullmatch(written):
        before = bare(match.string[max(0, match.start() - _BEFORE) : match.start()])
        return not _NUMBERED.search(before) or bool(_CALLED.search(before))
    return True


def _counts_up(written: str) -> bool:
    """Whether pairs are a list, "01/02/03/04/05": each above the one before, none above 31."""
    pairs = [int(pair) for pair in _RUN.findall(written)]
    return pairs[-1] <= 31 and all(one < other for one, other in pairwise(pairs))


def _from_abroad(written: str) -> bool:
    """Whether a number after + or 00 has a country and as many digits as its telephones, and is no count."""
    plus = written.startswith("+")
    groups = _RUN.findall(written[1:] if plus else written[2:])
    digits = "".join(groups)
    country = _country(groups[0])
    national = digits[len(country) :].removeprefix("0" if "(0)" in written else "")
    if not country or not _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS:
        return False
    if len(national) != _NATIONAL.get(country, len(national)) or (national[0] == "0" and country != "39"):
        return False
    # "+20 123 456" is a count; ten billions and more are not.
    return not (plus and _THOUSANDS.fullmatch(written)) or (len(digits) > 10 and "000" not in groups)


def _country(group: str) -> str:
    """The country that a first group of digits is, or begins with where the number is in one piece; "" for none."""
    match = _COUNTRY.match(group)
    whole = match is not None and (match.end() == len(group) or len(group) > 3)
    return match[0] if match and whole else ""
