"""Names languages in English, by the tags that articles have."""

from __future__ import annotations

__all__ = ["language_in_words"]

_NAMES = dict(
    pair.split("=")
    for pair in (
        "ar=Arabic bg=Bulgarian ca=Catalan cs=Czech da=Danish de=German el=Greek es=Spanish "
        "et=Estonian fa=Persian fi=Finnish fr=French he=Hebrew hi=Hindi hr=Croatian hu=Hungarian "
        "id=Indonesian it=Italian ja=Japanese ko=Korean lt=Lithuanian lv=Latvian nb=Norwegian "
        "nl=Dutch nn=Norwegian no=Norwegian pl=Polish pt=Portuguese ro=Romanian ru=Russian "
        "sk=Slovak sl=Slovene sr=Serbian sv=Swedish th=Thai tr=Turkish uk=Ukrainian ur=Urdu "
        "vi=Vietnamese zh=Chinese"
    ).split()
)


def language_in_words(tag: str) -> str:
    """Return the name of a language, or, of a rarer one, its tag in quotation marks.

    >>> language_in_words("de"), language_in_words("gsw")
    ('German', '“gsw”')
    """
    return _NAMES.get(tag, f"“{tag}”")
