import json
import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff import pii
from handoff.pii import MASKS, Found, Recogniser, find, masked

EMAILS = [
    "anna.berg@example.org",
    "Anna.Berg+tents@mail.example.co.uk",
    "o'neill@example.ie",
    "jürgen@bücher.example",
    "anna＠example．org",
    "an\u200bna@exam\u200bple.org",
    "anna @ example.org",
    "anna [at] example [dot] org",
    "anna(at)example.org",
    "anna at example dot org",
    "anna.berg at mail dot example dot org",
    "anna%40example.org",
    "anna.berg@gmail",
]
PHONES = [
    "+32 471 23 45 67",
    "+32471234567",
    "0471 23 45 67",
    "0471/23.45.67",
    "09 223 45 67",
    "+44 (0)20 7946 0018",
    "020 7946 0018",
    "07700 900123",
    "030 23125 014",
    "+49 (30) 23125-014",
    "06 12 34 56 78",
    "01.42.68.53.00",
    "612 34 56 78",
    "+47 406 12 345",
    "079 123 45 67",
    "0041 79 123 45 67",
    "(212) 555-0123",
    "212-555-0123",
    "+1 212 555 0123 ext. 45",
    "212.555.0123x45",
    "2125550123",
    "٠٤٧١ ٢٣ ٤٥ ٦٧",
    "０４７１ ２３ ４５ ６７",
    "0471\u00a023\u202f45\u200967",
    "0471–23–45–67",
]
CARDS = [
    "4111 1111 1111 1111",
    "4111111111111111",
    "5555-5555-5555-4444",
    "3782 822463 10005",
    "3056 930902 5904",
    "6011.1111.1111.1117",
    "3530 1113 3330 0000",
    "4222222222222",
    "４１１１ 1111 1111 1111",
    "41\u200b11 1111 1111 1111",
    "4111 1111 1111 1112",  # mistyped
    "4111,1111,1111,1111",
    "4111, 1111, 1111, 1111",
]
IBANS = [
    "BE68 5390 0754 7034",
    "BE68539007547034",
    "de89 3704 0044 0532 0130 00",
    "DE89-3704-0044-0532-0130-00",
    "NL91ABNA0417164300",
    "GB29 NWBK 6016 1331 9268 19",
    "FR14 2004 1010 0505 0001 3M02 606",
    "NO93 8601 1117 947",
    "CH93 0076 2011 6238 5295 7",
    "BE68 5390 0754 7035",  # mistyped
]
ORDERS = ["FH-204817", "fh204817", "FH 204817", "fh–204817", "#204817", "FH 204 817", "FH-204-817"]
EXAMPLES = [
    (kind, example)
    for kind, examples in (
        ("email", EMAILS), ("phone", PHONES), ("card", CARDS), ("iban", IBANS), ("order_number", ORDERS)
    )
    for example in examples
]  # fmt: skip

NOTHING = [
    "",
    " ",
    "Where is my parcel?",
    "It arrived on 12.03.2026 at 10:15, not on 2026-03-14.",
    "03/12/2026 or 3/12/2026, between 9:00 and 17:00",
    "The tent costs €349.00, not 1 299,00 EUR or 1.299.000 kroner.",
    "Is it 210 x 140 x 110 cm and 2.345 kg?",
    "boots in 38 39 40 41 42 or 300 400 500 grams",
    "EAN 4006381333931, ISBN 978-3-16-148410-0",
    "SKU 4482-2210-11, model 20394857, item 7731-22",
    "the tracking number is 00340434161094042557",
    "JJD000390007882341234 and 1Z999AA10123456784",
    "from 2024 to 2025, 24/7, 365 days",
    "version 10.4.2 at 192.168.10.25 took 27.062166929245 s",
    "Kouter 12, 9000 Gent; postcode 12345-6789",
    "I walked 12 345 678 steps and have 1234567 points",
    "look at fernhill dot com, find us @ example.com, or @fernhill",
    "meet me at noon",
    "https://shop.example/tents/204817123/reviews/20948823311",
    "build-20394857, PR_20394857",
    "https://shop.example/p/1234567890123456/2024-11-30, 1001, 1002, 1003, 1005",
    "card ending in 4242",
    "my social number 536-22-4811",
]


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
@pytest.mark.parametrize(
    "frame", ["{}", "Hello, {} is what I have.", "Name: Anna\n{}\nGhent", "so ({}), thanks", "Say {}."]
)
def test_finds_all_of_it_and_says_what_it_is(kind: str, example: str, frame: str) -> None:
    text = frame.format(example)
    assert masked(text) == frame.format(MASKS[kind])
    assert [found.kind for found in find(text)] == [kind]


@pytest.mark.parametrize("text", NOTHING)
def test_leaves_other_numbers_alone(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("call me on 223 45 67 after six", "call me on [phone] after six"),
        ("my order is 20481733, my phone 20481733", "my order is [order number], my phone [phone]"),
        ("mijn gsm: 471234567", "mijn gsm: [phone]"),
        ("Meine Handynummer ist 15123456789", "Meine Handynummer ist [phone]"),
        ("mon téléphone 612345678", "mon téléphone [phone]"),
        ("Bestellnummer 2048173", "Bestellnummer [order number]"),
        ("order no 204 817", "order no [order number]"),
        ("my order number is 204-817.", "my order number is [order number]."),
        ("see https://pay.example/c/4111111111111111/ok", "see https://pay.example/c/[card]/ok"),
        ("https://pay.example/4111-1111-1111-1111", "https://pay.example/[card]"),
        ("http://call.example/0470123456", "http://call.example/[phone]"),
        ("http://call.example/%2B32470123456/now", "http://call.example/[phone]/now"),
        ("my visa 4000 1234 5678 9013 expires 12/27", "my visa [card] expires 12/27"),
        ("IBAN: XX12 3456 7890 1234 56", "IBAN: [IBAN]"),
        ("invoice 20394857", "invoice 20394857"),
        ("4597703270794 is mine", "[card] is mine"),
        ("the barcode reads 4597703270794", "the barcode reads 4597703270794"),
        ("call me about invoice 20394857", "call me about invoice 20394857"),
        (r"{'text': 'Nora\n0471 23 45 67\nBE68539007547034'}", r"{'text': 'Nora\n[phone]\n[IBAN]'}"),
        ("223 45 67 (mobile)", "[phone] (mobile)"),
    ],
)
def test_words_in_front_say_what_a_number_is(text: str, result: str) -> None:
    assert masked(text) == result


def test_several_in_one_message() -> None:
    text = "I am anna@example.org, 0471 23 45 67 or 0472 34 56 78, paid FH-204817 with 4111 1111 1111 1111 12/27."
    assert masked(text) == "I am [e-mail], [phone] or [phone], paid [order number] with [card] 12/27."
    assert Counter(found.kind for found in find(text)) == {
        "phone": 2,
        "email": 1,
        "order_number": 1,
        "card": 1,
    }


def test_places_are_those_of_the_text_as_it_was_given() -> None:
    text = "Ring \u200b+32\u200b 471 23 45 67\u200b, or anna＠example.org"
    found = find(text)
    assert [text[f.start : f.end] for f in found] == ["+32\u200b 471 23 45 67", "anna＠example.org"]
    assert found[0] == Found("phone", 6, 23)


def test_an_installation_names_its_countries_and_its_order_numbers() -> None:
    brazilian = Recogniser("BR", r"\bPED\d{4}\b")
    text = "11 96123 4567 and PED2048, not FH-204817"
    assert brazilian.masked("(11) 96123-4567, ped2048, FH-204817") == "[phone], [order number], FH-204817"
    assert Recogniser("BE").masked("11961234567 and PED2048") == "11961234567 and PED2048"
    assert "PED2048" not in brazilian.masked(text)


@pytest.mark.parametrize(
    ("regions", "order", "named"),
    [
        ("BE,XX", r"\d", "FRONTDESK_PHONE_REGIONS"),
        ("BE", "(", "FRONTDESK_ORDER_NUMBER"),
        ("BE", "x*", "FRONTDESK_ORDER_NUMBER"),
    ],
)
def test_refuses_settings_that_make_no_sense(regions: str, order: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Recogniser(regions, order)


def test_the_environment_names_them_where_no_settings_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_ORDER_NUMBER", r"PED\d{4}")
    pii.from_environment.cache_clear()
    try:
        assert masked("ped2048, FH-204817") == "[order number], FH-204817"
    finally:
        monkeypatch.undo()
        pii.from_environment.cache_clear()


PIECES = (
    *(
        "0",
        "1",
        "4",
        "5",
        "12",
        "471",
        "2345",
        "0471",
        "4111",
        "212",
        "555-0123",
        "DE89",
        "FH-",
        "204817",
        "FH-204817",
    ),
    *(
        "+",
        "(",
        ")",
        "-",
        ".",
        "/",
        " ",
        "  ",
        "\n",
        ",",
        ":",
        "#",
        "x",
        "ext 1",
        "€",
        "%40",
        "@",
        " at ",
        " dot ",
        "\u200b",
    ),
    *(
        "a",
        "anna",
        "example",
        ".org",
        "gmail",
        "http://",
        "call ",
        "order ",
        "card ",
        "iban ",
        "invoice ",
        "[phone]",
        "［",
        "٣",
    ),
)
MESSAGES = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))


@settings(max_examples=400, deadline=None)
@given(MESSAGES)
def test_masking_again_changes_nothing_and_the_rest_stays(text: str) -> None:
    found = find(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(0 <= f.start < f.end <= len(text) for f in found)
    kept, rest = [], 0
    for one in found:
        kept += [text[rest : one.start], MASKS[one.kind]]
        rest = one.end
    once = masked(text)
    assert once == "".join([*kept, text[rest:]])
    assert masked(once) == once


LONG = (
    *(
        "1",
        "4",
        "0",
        "1 ",
        "4 ",
        "12 ",
        "1.",
        "1-",
        "0471 23 45 67 ",
        "2125550123 ",
        "call 1234567 ",
        "4111 1111 1111 1111 ",
    ),
    *(
        "a",
        "a.",
        "a@",
        "a@a.",
        "@",
        "@ ",
        "%40",
        "a dot ",
        " at ",
        "a at b dot ",
        "[at]",
        "DE89 ",
        "GB",
        "AB12",
        "+",
        "(",
        "x1",
    ),
    *("€1", "1 299 ", "1,", "2026-12-31", "https://", "FH-", "#", "٣", "\u200b1"),
)


@pytest.mark.parametrize("piece", LONG)
def test_work_grows_with_the_text(piece: str) -> None:
    """Counted, not timed: twice the text may cost some twice the calls, not four times."""

    def calls(characters: int) -> int:
        text, count = (piece * characters)[:characters], 0

        def note(_frame: object, event: str, _argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(note)
        try:
            masked(text)
        finally:
            sys.setprofile(None)
        return count

    masked("call 1234567")  # load what is loaded once
    assert calls(4000) < 3 * calls(2000) + 1000


def test_it_finds_what_a_public_set_labels(eval_dir: Path) -> None:
    """E-mail, phone, card and IBAN: recall at least .99, precision at least .97 against everything else there."""
    named = {"EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "CREDIT_CARD": "card", "IBAN_CODE": "iban"}
    sentences = json.loads((eval_dir / "presidio_pii/data/synth_dataset_v2.json").read_text("utf-8"))
    labelled = recalled = claimed = right = 0
    for sentence in sentences:
        spans = [
            (named.get(s["entity_type"]), s["start_position"], s["end_position"]) for s in sentence["spans"]
        ]
        found = [f for f in find(sentence["full_text"]) if f.kind in named.values()]
        pairs = [
            (span, f) for span in spans for f in found
            if span[0] == f.kind and span[1] < f.end and f.start < span[2]
        ]  # fmt: skip
        labelled += sum(kind is not None for kind, _, _ in spans)
        recalled += len({span for span, _ in pairs})
        claimed += len(found)
        right += len({f for _, f in pairs})
    assert labelled == 298
    assert recalled / labelled >= 0.99
    assert right / claimed >= 0.97


def test_it_needs_no_spacy_for_what_speaks_for_itself() -> None:
    text = "anna@example.org, +32 471 23 45 67"
    program = f"import sys; from handoff import pii; pii.masked({text!r}); print('spacy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_masks_hold_nothing_to_find() -> None:
    assert not re.search(r"[\d@]", "".join(MASKS.values()))
