"""Bytes in the encodings that old files are in, declared or not, whole or damaged."""

import io

import pytest

from index.errors import ReadError
from index.reading.encoding.decoding import Decoded, decode
from index.reading.encoding.opening import opened_as_text

ENGLISH = "The port reopened on Tuesday — “at last,” the harbour master said.\n"
HUNGARIAN = (
    "A kikötő kedden nyílt meg újra, kilenc napos sztrájk után. Az első hajók már dél előtt "
    "befutottak, és a révkapitány szerint őszre minden menetrend szerint működik majd. A "
    "szakszervezet közölte, hogy elfogadta a bérekről szóló ajánlatot, de figyelni fogja, "
    "hogyan tartják be a városban.\n"
)
CZECH = (
    "Přístav se v úterý znovu otevřel po devítidenní stávce. První lodě připluly ještě před "
    "polednem a ředitel řekl, že většina linek pojede podle jízdního řádu. Odbory nabídku na "
    "vyšší mzdy přijaly, žádají však, aby ji úřady dodržely i příští rok.\n"
)
RUSSIAN = (
    "Порт открылся во вторник после девятидневной забастовки. Первые суда пришли до полудня, "
    "и начальник порта сообщил, что к осени расписание будет прежним.\n"
)
KOREAN = "항구가 화요일에 다시 문을 열었다. 첫 배는 정오 전에 들어왔다.\n"
TAKEN = "took its encoding for {}; if that is wrong, save it as UTF-8"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (HUNGARIAN, "iso8859-2"),
        (HUNGARIAN, "cp1250"),
        (CZECH, "iso8859-2"),
        (CZECH, "cp1250"),
        (CZECH, "cp852"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "cp866"),
        (RUSSIAN, "mac-cyrillic"),
        (KOREAN * 3, "euc_kr"),
    ],
)
def test_guessed(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert [warning.split(";")[0][:22] for warning in decoded.warnings] == [TAKEN[:22]]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ENGLISH, "utf-16-le"),
        (ENGLISH, "utf-16-be"),
        (ENGLISH, "utf-32-le"),
        (ENGLISH, "utf-32-be"),
        (KOREAN, "utf-32-le"),
        (KOREAN, "iso2022_kr"),
        ("東京都は四日、新しい予算案を発表した。", "iso2022_jp"),
    ],
)
def test_seen_without_a_guess(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding))
    assert (decoded.text, decoded.warnings) == (text, ())


def test_curly_quotes_alone_are_windows_1252() -> None:
    assert decode(ENGLISH.encode("cp1252")) == Decoded(ENGLISH, "cp1252", (TAKEN.format("cp1252"),))


def test_utf_8_goes_before_what_is_declared() -> None:
    page = '<meta charset="iso-8859-2">' + HUNGARIAN
    assert decode(page.encode()) == Decoded(page, "utf-8")


@pytest.mark.parametrize(
    ("declared", "written", "text"),
    [
        ("iso-8859-1", "cp1252", "“café”"),
        ("ISO-8859-9", "cp1254", "İstanbul’da"),
        ("tis-620", "cp874", "ท่าเรือ…"),
        ("gb2312", "gb18030", "尼古拉斯·马杜罗——镕"),
        ("shift_jis", "shift_jis", "£5〜6、−3度"),
        ("shift_jis", "cp932", "①番の港"),
        ("x-sjis", "shift_jis", "港が開いた"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
    ],
)
def test_declared(declared: str, written: str, text: str) -> None:
    page = f'<html><head><meta charset="{declared}"></head><body>{text}</body></html>'
    decoded = decode(page.encode(written))
    assert (decoded.text, decoded.warnings) == (page, ())


@pytest.mark.parametrize("declared", ["utf-16", "cp037", "unicode_escape", "punycode", "nonsense"])
def test_an_impossible_declaration_is_passed_over(declared: str) -> None:
    page = f'<meta charset="{declared}"><p>Le café était fermé \\u00e9té comme hiver.</p>'
    decoded = decode(page.encode("cp1252"))
    assert (decoded.text, decoded.encoding) == (page, "cp1252")


def test_a_text_in_two_encodings_is_read_in_both() -> None:
    utf_8, windows = "Die Fähre fährt – “täglich”.\n", "Das Café Björk öffnet um acht.\n"
    warning = "is in UTF-8 and in Windows-1252; look whether its letters are right"
    for first, second in (
        (utf_8.encode(), windows.encode("cp1252")),
        (utf_8.encode("cp1252"), windows.encode()),
    ):
        assert decode(first + second) == Decoded(utf_8 + windows, "utf-8", (warning,))
    # Part of a character that was cut, and letters that are no Western ones.
    cut = ("Fähre, täglich " * 12).encode().replace(b"\xa4h", b"h", 1)
    assert decode(cut).text.startswith("F\ufffdhre, täglich Fähre")
    assert decode("Łódź, żółć, źdźbło ".encode() * 9 + b"\xe9t\xe9").text.endswith("\ufffdt\ufffd")


@pytest.mark.parametrize("cut", [b"\xe2\x80", b"\xe2", b"\xc3", b"\xc5"])
def test_a_character_that_was_cut_is_no_other_encoding(cut: bytes) -> None:
    for rest in (b"", b'",\n', b" and more."):
        decoded = decode(("Die “Fähre” fährt ’täglich’. " * 3 + "“Öfter”").encode() + cut + rest)
        assert decoded.text.endswith("“Öfter”\ufffd" + rest.decode())
        assert decoded.warnings[0].startswith("has one damaged character")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("В\xa0Сети отменили планы на лето.", "cp1251"),
        ("“ATÉ AMANHÃ”, disse o presidente à nação.", "cp1252"),
    ],
)
def test_two_letters_that_look_like_one_in_utf_8(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


def test_a_file_in_two_encodings_is_opened_in_both() -> None:
    utf_8, windows = "Die Fähre fährt – “täglich”.\n", "Das Café Björk öffnet.\n"
    with opened_as_text(io.BytesIO(utf_8.encode() + windows.encode("cp1252"))) as file:
        assert file.read() == utf_8 + windows


def test_a_few_damaged_characters_do_not_spoil_the_rest() -> None:
    data = HUNGARIAN.encode() + b"\x93quoted\x94\r\n"
    assert decode(data) == Decoded(
        HUNGARIAN + "\ufffdquoted\ufffd\n",
        "utf-8",
        ("has 2 damaged characters, shown as \ufffd; save it anew if that matters",),
    )


def test_cut_within_a_character() -> None:
    assert decode("Cádiz, café".encode()[:-1]) == Decoded(
        "Cádiz, caf\ufffd",
        "utf-8",
        ("has one damaged character, shown as \ufffd; save it anew if that matters",),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_few_nuls_are_left_out(encoding: str) -> None:
    first, second = "Le café du port a fermé en mars, faute de clients. ", "Il rouvre en mai."
    written = f"{first * 4}\0{second}{chr(0) * 512}{first * 4}{chr(0) * 400}"
    decoded = decode(written.encode(encoding))
    assert decoded.text == f"{first * 4} {second} {first * 4}"
    assert decoded.warnings[-1].startswith("holds NUL characters, which were left out")


def test_an_accent_at_the_end_is_not_damage() -> None:
    assert decode("Un café".encode("cp1252")).text == "Un café"


@pytest.mark.parametrize(
    "data",
    [
        b"\0" * 8,
        b"a name\0\0\0\0a town\0\0\0\0" * 9,
        b"\x7fELF\0\0\0\1\xff\xfe",
        b"\xff\xfe\0\xd8\0\xd8",
    ],
)
def test_data_is_no_text(data: bytes) -> None:
    with pytest.raises(ReadError, match=r"^(not a text file|mostly control characters); "):
        decode(data)
