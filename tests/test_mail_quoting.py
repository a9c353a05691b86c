"""Quoted mail: whose words are whose, in the forms that mail programs give them."""

import io
from datetime import date
from time import process_time

import pytest

from documents import none_read
from index.reading.articles import reading_of_draft
from index.reading.draft import Draft
from index.reading.mail.mailbox import drafts_from_mail, drafts_from_mailbox
from index.reading.mail.markup import marked_text
from index.reading.mail.quoting import Quoted, split_quoted

OWN = "No, it is not; the owner told me so on Sunday."
MILL = "The mill at Arden is sold, and the dam with it."
DAM = "Who pays for the dam?"
IDA = "Ida Moe <ida@post.example>"
BO_LI = "Bo Li <bo@post.example>"
DAY = date(2024, 3, 11)


def marked(text: str, mark: str = "> ") -> str:
    return "\n".join(f"{mark}{line}" for line in text.split("\n"))


def told(text: str, kind: str = "plain") -> list[tuple[str | None, date | None, str]]:
    """Return author, day, and text of all that a message of Bo Li of 12 March holds."""
    head = "From: Bo Li <bo@post.example>\nDate: Tue, 12 Mar 2024 09:00:00 +0100\nSubject: Mill\n"
    content = f"{head}Content-Type: text/{kind}; charset=utf-8\n\n{text}\n".encode()
    documents = [
        reading_of_draft(d, "a.eml").document
        for d in drafts_from_mail(io.BytesIO(content), none_read)
    ]
    return [(each.author, each.published, each.text) for each in documents]


BO = ("Bo Li", date(2024, 3, 12), OWN)


@pytest.mark.parametrize(
    "line",
    [
        f"On Mon, Mar 11, 2024 at 6:02 PM {IDA} wrote:",
        f"On Mon, 11 Mar 2024 at 18:02,\n{IDA} wrote:",
        "On 11.03.24 18:02, Ida Moe wrote:",
        "Ida Moe wrote on 11 March 2024:",
        f"{IDA} wrote on Monday, 11 March 2024 at 18:02:",
        f"Am Mo., 11. März 2024 um 18:02 Uhr schrieb {IDA}:",
        "Am 11.03.2024 um 18:02 schrieb Ida Moe:",
        f"Le lun. 11 mars 2024 à 18:02, {IDA} a écrit :",
        "El lun, 11 mar 2024 a las 18:02, Ida Moe (<ida@post.example>) escribió:",
        f"Il giorno lun 11 mar 2024 alle ore 18:02 {IDA} ha scritto:",
        f"Em seg., 11 de mar. de 2024 às 18:02, {IDA} escreveu:",
        f"Op ma 11 mrt 2024 om 18:02 schreef {IDA}:",
        f"Den mån 11 mars 2024 kl 18:02 skrev {IDA}:",
        f"man. 11. mars 2024 kl. 18:02 skrev {IDA}:",
        f"pon., 11 mar 2024 o 18:02 {IDA} napisał(a):",
        f"пн, 11 мар. 2024 г. в 18:02, {IDA}:",
        f"2024年3月11日(月) 18:02 {IDA}:",
        "W dniu 11.03.2024 o 18:02, Ida Moe pisze:",
        f"Wiadomość napisana przez {IDA} w dniu 11.03.2024, o godz. 18:02:",
        f"Am Montag, 11. März 2024, 18:02:00 MEZ hat {IDA} Folgendes geschrieben:",
        f"------- Original Message -------\nOn Monday, March 11th, 2024 at 6:02 PM, {IDA} wrote:",
    ],
)
def test_lines_that_say_who_wrote_when(line):
    assert told(f"{OWN}\n\n{line}\n\n{marked(MILL)}") == [BO, ("Ida Moe", DAY, MILL)]


@pytest.mark.parametrize("divider", ["-----Original Message-----\n", "_" * 32 + "\n", ""])
@pytest.mark.parametrize(
    "headers",
    [
        "From: Ida Moe\nSent: Monday, 11 March 2024 18:02\nTo: Bo Li\nSubject: Mill",
        f"*From:* {IDA}\n*Date:* Monday, March 11, 2024 at 6:02 PM\n*To:* Bo\n*Subject:* Mill",
        f"Von: {IDA}\nGesendet: Montag, 11. März 2024 18:02\nAn: Bo\nBetreff: Mühle",
        "De : Ida Moe\nEnvoyé : lundi 11 mars 2024 18:02\nÀ : Bo Li\nObjet : Moulin",
        f"De: {IDA}\nEnviado el: lunes, 11 de marzo de 2024 18:02\nPara: Bo\nAsunto: Molino",
        f"Da: {IDA}\nInviato: lunedì 11 marzo 2024 18:02\nA: Bo\nOggetto: Mulino",
        f"Van: {IDA}\nVerzonden: maandag 11 maart 2024 18:02\nAan: Bo\nOnderwerp: Molen",
        f"Fra: {IDA}\nSendt: mandag 11. mars 2024 18:02\nTil: Bo\nEmne: Mølla",
        f"Od: {IDA}\nWysłano: poniedziałek, 11 marca 2024 18:02\nDo: Bo\nTemat: Młyn",
        f"Od: {IDA}\nOdesláno: pondělí 11. března 2024 18:02\nKomu: Bo\nPředmět: Mlýn",
        f"Lähettäjä: {IDA}\nLähetetty: maanantai 11. maaliskuuta 2024 18.02\nAihe: Mylly",
        f"Kimden: {IDA}\nGönderildi: 11 Mart 2024 Pazartesi 18:02\nKime: Bo\nKonu: Un",
        f"De: {IDA}\nEnviat el: dilluns, 11 de març de 2024 18:02\nPer a: Bo\nAssumpte: Molí",
        f"De la: {IDA}\nTrimis: luni, 11 martie 2024 18:02\nCătre: Bo\nSubiect: Moară",
        f"Από: {IDA}\nΣτάλθηκε: Δευτέρα, 11 Μαρτίου 2024 18:02\nΠρος: Bo\nΘέμα: Μύλος",
        f"Від: {IDA}\nНадіслано: понеділок, 11 березня 2024 р. 18:02\nКому: Бо\nТема: Млин",
        f"보낸 사람: {IDA}\n보낸 날짜: 2024년 3월 11일 월요일 오후 6:02\n받는 사람: Bo\n제목: 밀",
        f"От: {IDA}\nОтправлено: 11 марта 2024 г. 18:02\nКому: Бо\nТема: Мельница",
        f"From: {IDA}\nSent: Monday, March 11, 2024 6:02 PM\nTo: Bo\nSubject: x\nImportance: High",
        'Gesendet: Montag, 11. März 2024 um 18:02 Uhr\nVon: "Ida Moe" <ida@post.example>\nAn: Bo',
        f"From: {IDA}\n\nDate: Mon, 11 Mar 2024\n\nTo: B <b@p.eu>,\n <c@p.eu>\n\nSubject: x",
    ],
)
def test_headers_of_the_message_below(divider, headers):
    assert told(f"{OWN}\n\n{divider}{headers}\n\n{MILL}") == [BO, ("Ida Moe", DAY, MILL)]


def test_a_message_that_thunderbird_forwards_begins_with_its_subject():
    divider = "-------- Weitergeleitete Nachricht --------"
    headers = f"Betreff: \tMühle\nDatum: \tMon, 11 Mar 2024 18:02:00 +0100\nVon: \t{IDA}\nAn: \tBo"
    assert told(f"{OWN}\n\n\n{divider}\n{headers}\n\n\n{MILL}") == [BO, ("Ida Moe", DAY, MILL)]


GMAIL = (
    f'<div dir="ltr">{OWN}</div><div class="gmail_quote"><div class="gmail_attr">On Mon, Mar 11, '
    "2024 at 6:02 PM Ida Moe &lt;<a href='mailto:ida@post.example'>ida@post.example</a>&gt; "
    f"wrote:<br></div><blockquote class='gmail_quote'>{MILL}</blockquote></div>"
)
OUTLOOK = (
    f"<div>{OWN}</div><div id='appendonsend'></div><hr><div id='divRplyFwdMsg'><font><b>From:</b> "
    "Ida Moe<br><b>Sent:</b> Monday, March 11, 2024 6:02 PM<br><b>To:</b> Bo<br></font></div>"
    f"<div>{MILL}</div>"
)
OUTLOOK_TURKISH = (
    f"<p>{OWN}</p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm "
    "0cm'><p><b>Gönderen:</b> Ida Moe<br><b>Gönderme:</b> 11.03.2024 18:02<br><b>Kime:</b> Bo"
    f"</p></div><p>{MILL}</p>"
)
YAHOO = (
    f"<div>{OWN}</div><div class='yahoo_quoted'><div>On Monday, March 11, 2024 at 06:02:00 PM "
    f"GMT+1, Ida Moe &lt;ida@post.example&gt; wrote:</div><div>{MILL}</div></div>"
)
THUNDERBIRD = (
    f"<p>{OWN}</p><div class='moz-cite-prefix'>Am 11.03.24 um 18:02 schrieb Ida Moe:<br></div>"
    f"<blockquote type='cite'><p>{MILL}</p></blockquote><div class='moz-signature'>Bo</div>"
)


@pytest.mark.parametrize("page", [GMAIL, OUTLOOK, OUTLOOK_TURKISH, YAHOO, THUNDERBIRD])
def test_quotations_in_html(page):
    assert told(page, "html") == [BO, ("Ida Moe", DAY, MILL)]


def test_a_paragraph_moved_to_the_right_is_no_quotation():
    page = f"<blockquote style='margin:0 0 0 40px;border:none;padding:0px'>{OWN}</blockquote>"
    assert told(page, "html") == [BO]
    deep = marked_text("<blockquote>" * 100 + MILL)
    assert deep.split("\n")[0] == "> " * 20 + MILL


def test_each_depth_is_another_writer():
    text = f"{OWN}\n\nOn 11 Mar 2024, Ida Moe wrote:\n> {MILL}\n>\n> Cy Oda wrote:\n> > {DAM}\n"
    assert split_quoted(text) == (
        OWN,
        [
            Quoted(MILL, "Ida Moe", "On 11 Mar 2024, Ida Moe wrote:"),
            Quoted(DAM, "Cy Oda"),
        ],
    )


def test_answers_between_the_lines():
    text = f"On 11 Mar 2024, Ida Moe wrote:\n> {MILL}\n\n{OWN}\n\n> {DAM}\n\nThe county.\n-- \nBo\n"
    own, (quoted,) = split_quoted(text)
    assert own == f"{OWN}\n\nThe county."
    assert (quoted.sender, quoted.text) == ("Ida Moe", f"{MILL}\n\n{DAM}")


def test_a_chain_of_messages_each_below_its_headers():
    head = "-----Original Message-----\nFrom: {}\nSent: {} March 2024 18:02\nTo: x\n\n"
    text = f"{OWN}\n\n{head.format('Ida Moe', 11)}{MILL}\n\n{head.format('Cy Oda', 10)}{DAM}"
    assert told(text) == [BO, ("Ida Moe", DAY, MILL), ("Cy Oda", date(2024, 3, 10), DAM)]


@pytest.mark.parametrize(
    "text",
    [
        "From: the mill to the sea it is two miles.\nDate: unknown.\n\nThe walk goes on.",
        "The council said on 4 January 2019:\n\nNobody drowned.",
        "In 2019 the mayor wrote:\n\nThe dam holds.",
        "Three things are open:\n\n- who pays\n- who signs\n\nThanks, they said.\n\nBest,\nBo",
        "Date: 11 March 2024\nFrom: six\nTo: eight\n\nCome to the mill.",
        "---- NEWS ----\nThe mill: sold in 2024.\nThe dam: not.",
        "Date: 5 May 2024\nPlace: Oran\nFrom: write to ana@post.example for a place\nCome early.",
        "Day:\nDate: 5 May 2024, 18:30\nTo: all\nFrom: write to ana@post.example\n\nCome early.",
        "A list:\n\nTo: Oran, 5 May 2024\nFrom: Bari, 3 May (book with ana@post.example)\n\nGo.",
        "To: Oran, 5 May 2024, 9:10\nDate: May\nFrom: Bari, 3 May 2024 (ana@post.example)\n\nGo.",
    ],
)
def test_what_only_looks_like_a_quotation(text):
    assert split_quoted(text) == (text, [])


def test_what_servers_and_telephones_add_is_no_text():
    text = (
        f"{OWN}\n\nSent from my telephone at the harbour\n\nThis e-mail and its attachments are "
        "confidential and intended\nonly for the addressee. Delete it if it reached you in error."
    )
    assert split_quoted(text.replace("my telephone", "my iPhone"))[0] == OWN
    assert (
        split_quoted(f"{OWN}\n\nSent with [Proton Mail](https://p.example/) secure email.")[0]
        == OWN
    )
    kept = "The confidential message reached the minister on Monday, the paper writes."
    assert split_quoted(kept)[0] == kept


@pytest.mark.parametrize(
    "signature",
    [
        "Bo Li",
        "Best wishes\nBo",
        "Mit freundlichen Grüßen\n\nLi, Bo\nHafenamt, Abteilung 4\nTel. +49 1 00",
        "Many thanks!\n\nB. Li\nThe Mill Trust\n12 Mill Lane, Arden",
        "Bo",
        "Bo Li\nHead of culture",
        "Li, Bo\nKeeper of the mill\nArden Water Board",
    ],
)
def test_the_name_of_the_sender_begins_a_signature(signature: str) -> None:
    own, quoted = split_quoted(f"{OWN}\n\n{signature}\n\n> {MILL}\n>\n> Ida", BO_LI)
    assert (own, [each.text for each in quoted]) == (OWN, [f"{MILL}\n\nIda"])
    below = f"From: {IDA}\nSent: 11 March 2024 18:02\nTo: Bo\n\n{MILL}\n\nRegards,\nIda"
    assert told(f"{OWN}\n\n{signature}\n\n{below}") == [BO, ("Ida Moe", DAY, MILL)]


@pytest.mark.parametrize(
    "text",
    [
        f"{OWN}\n\nThere were:\nBo Li\nIda Moe",
        f"{OWN}\n\nThere were:\nIda Moe\nBo Li",
        f"{OWN}\n\nBo Li\n\nP.S. The vote is on 4 May at noon.",
        f"{OWN}\n\nIda Moe\nThe Mill Trust",
        "Bo Li",
        f"{OWN}\n\nThose present\n\nBo Li\nIda Moe\nAna Ruiz",
        f"{OWN}\n\nFirst boat\nBo Li\nIda Moe\n\nSecond boat\nAna Ruiz\nTom Ek",
        "We walk\nalone at night,\nthe mill is still\n\nBo\n\nthe dam is dry\nand so am I",
        f"{OWN}\n\nIda Moe\n\nAnd now\n\nBo Li\n\nNow we wait",
        f"{OWN}\n\nBest,\nBo\n\nPS: The dam costs 4 million",
        f"{OWN}\n\nBo\nThe mill is old",
        f"{OWN}\n\nBo Li\nIda Moe\nAna Ruiz\nTom Ek",
        f"{OWN}\n\nBo Li\nThe mill is old and was sold last week.",
    ],
)
def test_a_name_that_is_no_signature_stays(text: str) -> None:
    assert split_quoted(text, BO_LI)[0] == text


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (
            "View this email in your browser (https://m.example/v)",
            "You are receiving this email as you signed up.\nUnsubscribe | Preferences\n\nArden",
        ),
        (
            "Newsletter im Browser ansehen",
            "Wenn Sie diesen Newsletter nicht mehr wollen, können Sie ihn hier abbestellen.",
        ),
        ("Voir en ligne dans votre navigateur", "Pour vous désabonner, cliquez ici."),
    ],
)
def test_what_stands_around_a_newsletter_is_no_text(above: str, below: str) -> None:
    assert split_quoted(f"{above}\n\n{OWN}\n\n{MILL}\n\n{below}")[0] == f"{OWN}\n\n{MILL}"


@pytest.mark.parametrize(
    "text",
    [
        "Readers who unsubscribe are asked why; most say that the paper is too dear.",
        "Please unsubscribe me from the mailing list.",
        "I view the browser of the mill as its worst part. It reads nothing.",
        "Readers who want to unsubscribe from the newsletter tell her so on Friday.",
        "Wer seinen Wagen abmelden will, kommt hier ins Rathaus am Markt.",
        "Minister zrezygnował tutaj ze stanowiska.",
        "Trois lecteurs sur dix, qui se désabonnent, ont un e-mail de la rédaction.",
        "You can see the plans of the mill online",
        "Pourquoi lire la presse dans un navigateur",
    ],
)
def test_a_letter_about_newsletters_stays(text: str) -> None:
    assert split_quoted(text)[0] == text
    assert split_quoted(f"{text}\n\n{OWN}")[0] == f"{text}\n\n{OWN}"
    assert split_quoted(f"{OWN}\n\n{text}\n\n{MILL}")[0] == f"{OWN}\n\n{text}\n\n{MILL}"


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organization. Be careful.",
        "[EXTERNAL] This message is from an external sender.",
        "Attention: You received this message from outside your organisation.",
        "ACHTUNG: Diese E-Mail stammt von einem externen Absender.",
    ],
)
def test_a_banner_of_a_mail_server_is_no_text(banner):
    assert split_quoted(f"{banner}\n\n{OWN}")[0] == OWN


@pytest.mark.parametrize(
    "text",
    [
        "Attention: please do not send this message to anyone outside our organization.",
        "Notice: the message of external auditors says that Bo Li took 4 million from the mill.",
        "Warning: the e-mail from outside counsel says 40 people were dismissed.",
        "Achtung: die Nachricht von externen Prüfern sagt, die Mühle sei verkauft.",
    ],
)
def test_a_warning_of_the_sender_is_text(text):
    assert split_quoted(f"{text}\n\n{OWN}")[0] == f"{text}\n\n{OWN}"


def mailbox(*messages: str) -> list[Draft]:
    line = "From bo@post.example Fri Jan  4 10:00:00 2019\n"
    content = "".join(f"{line}From: {each}\n\n" for each in messages).encode()
    return [
        each
        for each in drafts_from_mailbox(io.BytesIO(content), none_read)
        if isinstance(each, Draft)
    ]


def test_what_the_mailbox_holds_or_has_told_is_not_told_again():
    quoting = "On 11 Mar 2024, Ida Moe wrote:\n> The mill at Arden is\n> sold, and the dam with it."
    other = f"> Cy Oda wrote:\n> > {DAM}"
    reply = f"Bo Li <bo@post.example>\nMessage-ID: <2@p>\n\n{OWN}\n\n{quoting}\n>\n{other}\n"
    original = f"{IDA}\nMessage-ID: <1@p>\n\n{MILL}\n"
    again = f"Bo Li <bo@post.example>\nMessage-ID: <3@p>\n\nAgain: no.\n\n{quoting}\n>\n{other}\n"
    for order in ((original, reply, again), (reply, again, original)):
        found = [(each.part, each.author, each.text) for each in mailbox(*order)]
        assert sorted(found) == [
            ("1@p", "Ida Moe", MILL),
            ("2@p", "Bo Li", OWN),
            ("2@p quoted 2", "Cy Oda", DAM),
            ("3@p", "Bo Li", "Again: no."),
        ]


def test_a_message_that_only_forwards_is_told_as_that_of_its_writer():
    text = f"---------- Forwarded message ---------\nFrom: {IDA}\nDate: Mon, 11 Mar 2024\n\n{MILL}"
    assert told(text) == [("Ida Moe", DAY, MILL)]


@pytest.mark.parametrize(
    "text",
    [">" * 200_000, "On 1:00 " * 40_000, "From: a\n" * 40_000, "> a\n\n" * 40_000, "a:\n" * 40_000],
)
def test_hostile_text_takes_linear_time(text):
    began = process_time()
    split_quoted(text)
    assert process_time() - began < 10
