r"""Parts what the sender of a message wrote from what is quoted in it, of whom and of when.

Three things begin a quotation: lines marked by `>`, a line that says who wrote when, and the
headers of the message below. What is asked of a line is its form (a day, a clock time, an
address, a colon at its end) before its words, which stand in the tables here. Knows nothing of
MIME or HTML: whoever has a mark of its own for a quotation puts `QUOTED_BELOW` on a line there.

A text comes from strangers: every expression here is linear in the length of a line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.reading.contained import one_line, tidy
from index.reading.metadata.date_words import WEEKDAY_PATTERN
from index.text.storable import has_words

__all__ = ["QUOTED_BELOW", "Quoted", "name_and_address", "split_quoted"]

QUOTED_BELOW = "\ue0f0"
"""A line of this alone says that everything below it is quoted."""
_MOST_PIECES = 1_000
"""Quotations of one message that are told apart."""
_LONGEST_LINE = 500
"""Characters up to which a line may say who wrote what follows."""
_DEEPEST = 20
"""Quotations within one another that are told apart; what is quoted deeper is left out."""
_ATTRIBUTION_LINES = 3
_HEADER_LINES = 24

_MARKED = re.compile(r"^ ?>[ \xa0]?")
_DIVIDER = re.compile(r"\s*(?:[-_*=]{3,}\s*[^\W\d_][^\d\n]{2,60}?\s*[-_*=]{3,}|[-_]{10,})\s*")
_COLON = (":", "：")
_KEY = re.compile(r"[*_ ]{0,3}([^\W\d_][^\d:：\n]{0,24}?)[*_ ]{0,3}[:：][*_]{0,2}(.*)")
_ADDRESS = re.compile(r"[<(\[]{0,2}(?:mailto:)?([^\s<>()\[\]@:;,]{1,64}@[^\s<>()\[\]@;,:]{1,255})")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d\d(?!\d)|\d\s?[ap]\.?m\b", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d\d(?!\d)")
_STAMP = re.compile(
    r"\d[\d:./-]*(?:\s?[ap]\.?m\b\.?)?(?:\s(?:uhr|hrs?|gmt|utc|mes?z|cest|r\.)(?!\w))?(?:\s?[+-]\d{2}:?\d{2})?"
    r"(?:\s?\([^()\n]{1,9}\))?",
    re.IGNORECASE,
)
_AROUND = " ,;:：-–—|<([\"'*\t"
_WROTE = re.compile(
    r"(?<!\w)(?:wrote|writes|schrieb|a\s+écrit|escribió|escreveu|ha\s+scritto|schreef|skrev"
    r"|kirjoitti|napisał(?:\(?a\)?)?|pisze|wiadomość\s+napisana\s+przez|odesílatel|napsala?(?:\(a\))?|написала?(?:\(а\))?|пишет|írta|a\s+scris"
    r"|yazdı|şunları\s+yazdı|έγραψε|heeft\s+(?:het\s+volgende\s+)?geschreven|geschrieben"
    r"|missatge\s+de)(?!\w)"
    r"|写道|寫道|さんは書きました|님이\s?작성",
    re.IGNORECASE,
)
_BEFORE_DAY = re.compile(
    rf"(?<!\w)(?:on|at|am|um|le|à|el|em|il|op|den|kl|dnia|dne|{WEEKDAY_PATTERN})(?!\w)\.?,?",
    re.IGNORECASE,
)
"""What may stand between a name and the day after it."""
_FROM = frozenset(
    "from von absender de expéditeur remitente da mittente remetente van från fra od lähettäjä"
    " kimden feladó от від από šalje 发件人 寄件者 差出人".split()
) | {"от кого", "de la", "보낸 사람"}
_SUBJECT = frozenset(
    "subject betreff objet asunto oggetto assunto onderwerp ämne emne temat předmět aihe konu"
    " tárgy subiect assumpte predmet θέμα тема 主题 主旨 件名 제목".split()
)
_OTHER_KEYS = frozenset(
    "sent date to cc bcc reply-to gesendet datum an kopie envoyé à cc enviado fecha para data"
    " inviato a verzonden aan skickat till kopia sendt dato til wysłano do dw odesláno komu"
    " importance priority attachments wichtigkeit anlagen importancia adjuntos"
    " odoslané elküldve címzett trimis către enviat poslano prima gönderildi kime lähetetty"
    " vastaanottaja στάλθηκε προς надіслано отправлено дата кому копия"
    " 发送时间 收件人 抄送 宛先 送信日時 보낸날짜 받는사람".split()
) | {"enviado el", "enviada em", "reply to"}
_KEYS = _FROM | _SUBJECT | _OTHER_KEYS
_SIGNATURE = re.compile(r"^-- $", re.MULTILINE)
_LONGEST_SIGNATURE = 1_500
"""Characters; what is longer below the mark is more than a signature."""
_DEVICE = re.compile(
    r"(?:sent from (?:my|the|outlook|mail|yahoo|proton)|sent with \[?proton|get outlook for"
    r"|(?:von meinem .{0,40})?gesendet (?:von|mit)|envoyé (?:de|depuis)"
    r"|enviado (?:desde|do meu)|inviato da|verzonden (?:vanaf|met)|skickat från|sendt fra"
    r"|wysłan[eo] z|отправлено (?:с|из))\b[^\n]{0,80}",
    re.IGNORECASE,
)
"""What telephones add below a message."""
_DISCLAIMER = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        r"\b(?:e-?mails?|messages?|nachricht|courriel|mensaje|correo|messaggio|mensagem|bericht)\b",
        r"confiden[ctz]|privileged|vertraulich|riservat|vertrouwelijk",
        r"recipient|addressee|in error|intended|empfänger|adressat|irrtümlich|destina[tz]|geadress",
    )
)
"""What all are in a paragraph at the end that a mail server wrote."""
_UNSUBSCRIBE = re.compile(
    r"unsubscrib(?:e|ing)\b|you(?:'|’| a)re receiving this|you received this (?:e-?mail|newsletter)"
    r"|abmelden|abbestellen|abzumelden|désabonn|désinscri|darse de baja"
    r"|cancelar (?:la|tu|su) suscri|disiscri"
    r"|cancelar (?:a|sua) (?:inscrição|assinatura)|afmelden|uitschrijven|avprenumer"
    r"|avregistrer|avmeld|wypisa[ćc]|rezygn|отписаться|退订|配信停止",
    re.IGNORECASE,
)
_LED = re.compile(
    r"https?://|www\.|\||©|\bpreferences\b"
    r"|\b(?:[ck]li|tryck|trykk|нажм)\w{1,5}\s(?:\w+\s)?(?:here|hier|ici|aqu[ií]|qui|här|her|tutaj|здесь)\b"
    r"|\bhere to unsub|unsubscribe\s(?:\w+\s)?here\b|\bhier\s(?:abmelden|abbestellen|afmelden)",
    re.IGNORECASE,
)
"""What leads away beside such a word below a newsletter; who writes of newsletters has none."""
_ONLINE = re.compile(
    r"[^\n.]{0,80}\b(?:view|read|open|see|ansehen|anzeigen|lesen|afficher|voir|lire|ver|bekijk)\b"
    r"[^\n.]{0,40}\b(?:(?:your|web|the|votre|tu|su|seu|no|nel|uw|je)\s)(?:browser|navigat\w+|navegador)"
    r"\b\W*(?:\S*://\S*)?\W*"
    r"|(?:[^\n.?]{0,60}\?\s)?(?:view|read|open|see)\s(?:[\w-]+\s){0,3}(?:online|in browser)\b"
    r"\W*(?:\S*://\S*)?\W*"
    r"|[^\n.]{0,60}\b(?:browser|online)\s(?:view|ansehen|anzeigen|öffnen|lesen)\b\W*(?:\S*://\S*)?\W*",
    re.IGNORECASE,
)
"""The line above a newsletter that leads to its page."""
_SIGNED = 10
"""Lines below a text, with the sender's name first, that are a signature."""
_CONTACT = re.compile(
    r"\w@\w|://|\bwww\.|\d(?:[ ()/.-]{0,2}\d){6}|\b(?:tel|fon|phone|mobile?)[.:]", re.IGNORECASE
)
"""What a signature has on one of its lines, and no list of names."""
_CLOSING = 5
"""Words of the line above it, such as "Mit freundlichen Grüßen"."""
_ROLES = 2
"""Lines on what the sender is, below a name without a closing above it."""
_LAST_PARAGRAPHS = 4
_BANNER = re.compile(
    r"\W*(?:caution|warning|attention|notice|external|achtung|vorsicht|extern)\b[^\n]{0,60}"
    r"\b(?:this|diese)\s(?:e-?mail|message|nachricht)\b[^\n]{0,60}"
    r"\b(?:originat\w+\s(?:from\s)?outside|from\soutside\s(?:of\s)?(?:the|your|our)\sorgani[sz]ation"
    r"|from\san\sexternal\s(?:sender|e-?mail)|von\s(?:extern|(?:einem\s)?externen\sabsender))\b.{0,300}",
    re.IGNORECASE | re.DOTALL,
)
"""What a mail server writes above what came from outside, in its usual words alone."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """What somebody else wrote; empty where the message does not say."""

    text: str
    sender: str = ""
    """As written, address included."""
    date: str = ""
    """As written, perhaps with words around it."""
    subject: str = ""


@dataclass(slots=True)
class _Piece:
    """Lines of one writer, and what stands above them."""

    heading: Quoted
    lines: list[str] = field(default_factory=list)


def split_quoted(text: str, sender: str = "") -> tuple[str, list[Quoted]]:
    r"""Return what the sender wrote, and what is quoted, in order; without signatures.

    Args:
        text: The message.
        sender: As written, by whose name a signature is known that has no mark before it.

    >>> own, quoted = split_quoted("No.\n\nOn 3 May 2024, Bo Li wrote:\n> Is it sold?\n")
    >>> own, [(each.sender, each.text) for each in quoted]
    ('No.', [('Bo Li', 'Is it sold?')])
    """
    own, *quoted = _pieces(text.split("\n"), Quoted("", sender))
    waiting = [(piece, 1) for piece in reversed(quoted)]
    found: list[Quoted] = []
    while waiting and len(found) < _MOST_PIECES:
        piece, depth = waiting.pop()
        first, *inner = _pieces(piece.lines, piece.heading)
        if depth < _DEEPEST:
            waiting += [(each, depth + 1) for each in reversed(inner)]
        if has_words(words := _own_words(first)):
            found.append(replace(first.heading, text=words))
    return _own_words(own), found


def name_and_address(written: str) -> tuple[str, str]:
    """Return the name and the address in a sender as written; empty where there is none.

    >>> name_and_address("'Moe, Ida' [mailto:ida@post.example]")
    ('Moe, Ida', 'ida@post.example')
    """
    written = re.split(r"\bon behalf of\b", written, flags=re.IGNORECASE)[-1]
    found = _ADDRESS.search(written)
    name = (written[: found.start()] if found else written).strip(f"{_AROUND}_>)]")
    return one_line(name), found[1] if found else ""


def _pieces(lines: Sequence[str], heading: Quoted) -> list[_Piece]:
    """Return the lines that stand at this level first, then each quotation in them, not split."""
    pieces = [_Piece(heading)]
    open_ = pieces[0]  # of the headers that all below belongs to
    marked: _Piece | None = None
    index = 0
    while index < len(lines):
        line = lines[index]
        if _MARKED.match(line):
            above = _attribution(open_.lines, before_marks=True)
            if above and open_.lines and _DIVIDER.fullmatch(open_.lines[-1].strip()[:120]):
                open_.lines.pop()  # It says that what follows is quoted, as Proton writes.
            if above is not None or marked is None:
                marked = _Piece(above or Quoted(""))
                pieces.append(marked)
            elif marked.lines:
                marked.lines.append("")
            while index < len(lines) and (mark := _MARKED.match(lines[index])):
                marked.lines.append(lines[index][mark.end() :])
                index += 1
            open_.lines.append("")
            continue
        found = _headers(lines, index)
        if found is None and line.rstrip().endswith(_COLON):
            open_.lines.append(line)
            if not _marks_follow(lines, index) and (above := _attribution(open_.lines)):
                found = above, index + 1
            else:
                index += 1
                continue
        if found is None:
            open_.lines.append(line)
            index += 1
        else:
            above, index = found
            open_, marked = _Piece(above), None
            pieces.append(open_)
    return pieces


def _marks_follow(lines: Sequence[str], index: int) -> bool:
    following = (line for line in lines[index + 1 : index + 4] if line.strip())
    return _MARKED.match(next(following, "")) is not None


def _attribution(lines: list[str], *, before_marks: bool = False) -> Quoted | None:
    """Take a line that says who wrote what follows off the end of the lines, and read it.

    Empty lines at the end go, too.

    Before marked lines a day or an address and a colon are enough; elsewhere, where all that
    follows is quoted, a word like "wrote" and a clock time or an address are asked for too.
    """
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines or not lines[-1].rstrip().endswith(_COLON):
        return None
    end = len(lines)
    weak = ""
    for count in range(1, _ATTRIBUTION_LINES + 1):
        taken = lines[max(0, end - count) : end]
        joined = " ".join(line.strip() for line in taken)
        if not lines[max(0, end - count)].strip() or len(joined) > _LONGEST_LINE:
            break
        wrote, address = _WROTE.search(joined), _ADDRESS.search(joined)
        dated, timed = _DAY.search(joined), _CLOCK.search(joined)
        sure = wrote and (timed or address) and dated
        if sure or (before_marks and (dated or timed) and (wrote or address or timed)):
            del lines[end - count :]
            return Quoted("", _writer(joined), joined)
        if before_marks and count == 1 and (wrote or address):
            weak = joined
    if weak:
        del lines[end - 1 :]
        return Quoted("", _writer(weak))
    return None


def _writer(line: str) -> str:
    """Return the name in a line like "On 3 May 2024 at 10:02, Bo Li <bo@post.example> wrote:"."""
    address = _ADDRESS.search(line)
    before = _WROTE.sub(" , ", line[: address.start()] if address else line)
    *_, stamp = [None, *_STAMP.finditer(before)]
    name = (before[stamp.end() :] if stamp else before).strip(_AROUND)
    name = name.removeprefix("hat ")  # "Am … hat Bo Li … geschrieben:"
    if stamp and not name and not address:  # "Bo Li wrote on 3 May 2024:"
        name = before[: next(_STAMP.finditer(before)).start()].split(" ,")[0]
        name = " ".join(_BEFORE_DAY.sub(" ", name).split()).strip(_AROUND)
    return one_line(f"{name} {address.group() if address else ''}")


def _headers(lines: Sequence[str], index: int) -> tuple[Quoted, int] | None:
    """Return what headers below a divider say, or headers alone, and where the text goes on."""
    line = lines[index]
    divided = line.strip() == QUOTED_BELOW
    start = index
    if divided or _is_divider(line):
        start = index + 1
        while start < min(len(lines), index + 5) and lines[start].strip() in ("", QUOTED_BELOW):
            start += 1
    elif _key(line)[0] not in _KEYS:
        return None
    fields, end = _fields(lines, start)
    first = next(iter(fields), "")
    dates = [value for key, value in fields.items() if key not in _SUBJECT and _DAY.search(value)]
    is_head = len(fields) > 1 and bool(dates)
    sender = next((value for key, value in fields.items() if key in _FROM), "")
    if is_head and (first in _FROM or divided or _begins_otherwise(fields, sender, dates[0])):
        sender = sender or fields[first]
        subject = next((value for key, value in fields.items() if key in _SUBJECT), "")
        return Quoted("", one_line(sender), one_line(dates[0]), one_line(subject)), end
    if divided:
        head: list[str] = []
        for count, each in enumerate(lines[start : start + _ATTRIBUTION_LINES], 1):
            head.append(each)
            if above := _attribution(list(head), before_marks=True):
                return above, start + count
        return Quoted(""), start
    return None


def _begins_otherwise(fields: dict[str, str], sender: str, date: str) -> bool:
    """Say whether it is a head that begins with its subject (Thunderbird) or its day (GMX).

    More is asked of it than of others, as lists of days and places begin so, too.
    """
    address = _ADDRESS.search(sender)
    if not address or len(fields.keys() & _KEYS) < 3 or not _CLOCK.search(date):
        return False
    name, after = sender[: address.start()], sender[address.end() :]
    is_apart = not name or address[0][0] in "<(["
    return is_apart and not _DAY.search(name) and not after.strip(" >)]")


def _is_divider(line: str) -> bool:
    """Say whether headers may follow: a rule, one with words in it, or a few words and a colon."""
    line = line.strip()
    if _DIVIDER.fullmatch(line[:120]):
        return True
    return line.endswith(_COLON) and len(line) <= 60 and not re.search(r"\d", line)


def _key(line: str) -> tuple[str, str]:
    """Return the name of a header, in lower case, and its value; empty where it is none."""
    match = _KEY.fullmatch(line.strip()) if len(line) <= 4 * _LONGEST_LINE else None
    return (" ".join(match[1].casefold().split()), match[2].strip(" *_")) if match else ("", "")


def _fields(lines: Sequence[str], start: int) -> tuple[dict[str, str], int]:
    """Return the fields that begin here, by name in lower case, and where they end."""
    fields: dict[str, str] = {}
    end, last, gap = start, "", False
    for position in range(start, min(len(lines), start + _HEADER_LINES)):
        if not lines[position].strip():
            gap = True
            continue
        key, value = _key(lines[position])
        if key and key not in fields and (key in _KEYS or not (gap or last in _SUBJECT)):
            fields[key], last = value, key
        elif gap or not last or key or "@" not in lines[position]:
            break  # Where it has an address, a long line of them goes on.
        end, gap = position + 1, False
    return fields, end


def _own_words(piece: _Piece) -> str:
    """Return the lines as a text, without the signature and what servers and telephones add."""
    text = "\n".join(line for line in piece.lines if line.strip() != QUOTED_BELOW)
    marks = [match.start() for match in _SIGNATURE.finditer(text)]
    if marks and len(text) - marks[-1] <= _LONGEST_SIGNATURE:
        text = text[: marks[-1]]
    paragraphs = tidy(text).split("\n\n")
    above = paragraphs[0] if len(paragraphs[0]) < _LONGEST_LINE else ""
    if len(paragraphs) > 1 and (_BANNER.fullmatch(above) or _ONLINE.fullmatch(above)):
        paragraphs = paragraphs[1:]
    last = max(1, len(paragraphs) - _LAST_PARAGRAPHS)
    for at in range(last, len(paragraphs)):
        if _UNSUBSCRIBE.search(paragraphs[at]) and _LED.search(paragraphs[at]):
            paragraphs = paragraphs[:at]
            break
    kept = paragraphs[:-_LAST_PARAGRAPHS]
    kept += [each for each in paragraphs[-_LAST_PARAGRAPHS:] if not _is_added(each)]
    return _unsigned("\n\n".join(kept), piece.heading.sender)


def _unsigned(text: str, sender: str) -> str:
    """Return a text without the last lines, where a line of the sender's name alone begins them.

    Nothing stands below it but how to reach the sender, or a few lines where a closing such as
    "Regards," or, apart, the last sentence stands above; below a name in a list,
    a poem, or an interview is text.
    """
    name = set(_words(name_and_address(sender)[0]))
    initials = {each[0] for each in name}
    lines = text.split("\n")
    for at in range(max(1, len(lines) - _SIGNED), len(lines)):
        words = _words(lines[at])
        if not words or not all(each in name or each in initials for each in words):
            continue
        below = lines[at + 1 :]
        closing = next((n for n in range(at - 1, 0, -1) if lines[n].strip()), 0)
        above = lines[closing].strip()
        is_marked = above.endswith((",", "!"))
        # Below the whole name, apart from the last sentence, stands what the sender is.
        is_whole = len(name) > 1 and name <= set(words) and len(below) <= _ROLES
        is_apart = is_whole and closing < at - 1 and above.endswith((".", "!", "?"))
        reached = not below or any(map(_CONTACT.search, below))
        follows = (is_marked or is_apart) and all(below)
        if any(map(_is_sentence, below)) or not (reached or follows):
            continue
        is_short = len(above.split()) <= _CLOSING and not re.search(r"\d|[.?:;]$", above)
        if closing and is_short and (is_marked or not lines[closing - 1].strip()):
            return "\n".join(lines[:closing]).strip()
        if closing < at - 1:
            return "\n".join(lines[:at]).strip()
    return text


def _words(line: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", line.casefold())


def _is_sentence(line: str) -> bool:
    return len(line.split()) > 3 and line.rstrip().endswith((".", "!", "?", ":"))


def _is_added(paragraph: str) -> bool:
    if _DEVICE.fullmatch(paragraph):
        return True
    return all(words.search(paragraph) for words in _DISCLAIMER)
