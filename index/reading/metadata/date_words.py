"""The names of months and weekdays in the languages whose dates are read, and who writes day first.

Data only. Short forms of other languages than English collide with common words, and count only
between a day and a year.
"""

from __future__ import annotations

import re

__all__ = [
    "DAY_FIRST",
    "MONTHS",
    "MONTHS_IN_ORDER",
    "MONTH_BEFORE_YEAR",
    "MONTH_PATTERN",
    "WEEKDAYS",
    "WEEKDAY_PATTERN",
]

MONTHS_IN_ORDER = tuple(
    "January February March April May June July August September October November December".split()
)
# Matched with a capital, so that "may 4" is no date.
_ENGLISH = (*MONTHS_IN_ORDER, *(name[:3] for name in MONTHS_IN_ORDER))
_OTHERS = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar marts april maj juni juli august september oktober november desember",
    (
        "stycznia lutego marca kwietnia maja czerwca"
        " lipca sierpnia września października listopada grudnia"
    ),
    "ledna února března dubna května června července srpna září října listopadu prosince",
    (
        "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta"
        " heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta"
    ),
    "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    (
        "ianuarie februarie martie aprilie mai iunie"
        " iulie august septembrie octombrie noiembrie decembrie"
    ),
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    (
        "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου"
        " ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου"
    ),
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
)
_SHORT = (
    "ene feb mar abr may jun jul ago sep oct nov dic",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "janv févr mars avr mai juin juil août sept oct nov déc",
    "jan feb mär apr mai jun jul aug sep okt nov dez",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "янв фев мар апр мая июн июл авг сен окт ноя дек",
    "янв февр мар апр мая июн июл авг сент окт нояб дек",
)


def _months() -> dict[str, int]:
    numbers = {name.casefold(): index % 12 + 1 for index, name in enumerate(_ENGLISH)}
    for names in (*_OTHERS, *_SHORT):
        # "KASIM" is not "kasım" in lower case, as its I has no dot.
        numbers |= {
            form.casefold(): index + 1
            for index, name in enumerate(names.split())
            for form in (name, name.upper())
        }
    return numbers | {"sept": 9}


MONTHS = _months()
"""Month number by name, as `str.casefold` gives it."""

_WRITTEN = {"Sept", "SEPT"}
for _name in _ENGLISH:
    _WRITTEN |= {_name, _name.upper()}
for _names in _OTHERS:
    for _name in _names.split():
        _WRITTEN |= {_name, _name.title(), _name.upper()}
_WRITTEN -= {"Mars", "Mart", "MART"}  # a planet, and a shop


def _any_of(names: set[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))


MONTH_PATTERN = _any_of(_WRITTEN)
"""Regular expression of the names as written, the longest first; compare case."""
MONTH_BEFORE_YEAR = _any_of(
    _WRITTEN | {"Mart"} | {name for names in _SHORT for name in names.split()}
)
"""The same, and short forms of all languages: for a month between a day and a year."""

_WEEKDAY_NAMES = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "mon tue wed thu fri sat sun",
    "lunes martes miércoles jueves viernes sábado domingo",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "lunedì martedì mercoledì giovedì venerdì sabato domenica",
)
WEEKDAYS = {name: index for names in _WEEKDAY_NAMES for index, name in enumerate(names.split())} | {
    "tues": 1,
    "thur": 3,
    "thurs": 3,
}
"""Number of the day, Monday 0, by lower-case name."""
WEEKDAY_PATTERN = "|".join(sorted(WEEKDAYS, key=lambda name: (-len(name), name)))
"""Regular expression of the names, the longest first; ignore case."""

DAY_FIRST = re.compile(
    r"(?:es|fr|de|pt|it|nl|da|no|nb|fi|pl|ru|uk|cs|ro|el|tr|id|vi)(?:-(?!us)\w+)*"
    r"|en-(?:gb|ie|au|nz|in|za|ng|ke|gh|pk|sg|jm|tt)"
)
"""Lower-case tags of languages whose numeric dates put the day first (Unicode CLDR)."""
