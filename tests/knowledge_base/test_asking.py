import pytest

from knowledge_base.asking import is_code, is_prose, questions_in, says_something, script_of

LOG = (
    "2026-03-04T10:11:12Z ERROR [worker-7] org.tent.Order$Sync - id=8831 status=503\n"
    "  at org.tent.Order$Sync.run(Sync.java:71)\n  at java.base/java.lang.Thread.run(Thread.java:833)\n"
    "2026-03-04T10:11:13Z WARN  [worker-7] retry=2 backoff=400ms return=null"
)


@pytest.mark.parametrize(
    ("text", "something"),
    [
        ("", False),
        (" \n\t", False),
        ("a", False),
        ("7", False),
        ("🏕️🔥👍🏽", False),
        ("...?!", False),
        ("1234 5678", False),
        ("ok", True),
        ("税", True),
        ("Где?", True),
        ("my 🏕️", True),
    ],
)
def test_a_message_says_something_when_there_is_a_word_in_it(text: str, something: bool) -> None:
    assert says_something(text) is something


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("Where is my parcel?", True),
        ("I've lost the receipt (the paper one) – can I still return FH-204817?", True),
        ("return FH-204817", True),
        ("waar blijft m'n pakje", True),
        (LOG, False),
        ("ZXJyb3IgY29kZQ== 0x7ffee3 sk_live_9f8a", False),
        ("tent " * 40, False),
        ("<script>alert(1)</script> {{7*7}} ${x}", False),
        ("", False),
    ],
)
def test_logs_keys_and_repetitions_are_no_prose(text: str, prose: bool) -> None:
    assert is_prose(text) is prose


def test_a_message_with_many_questions_is_taken_apart() -> None:
    many = "Hello. Where is my parcel? Can I return boots? Really? I like tents. Do you ship to Norway?"
    assert questions_in(many) == ["Where is my parcel?", "Can I return boots?", "Do you ship to Norway?"]
    assert len(questions_in("\n".join(f"What is number {n}?" for n in range(10)))) == 5


@pytest.mark.parametrize(
    "text", ["Where is my parcel", "I bought a tent. Can I return it? How long do I have?", "??? ??? ???", ""]
)
def test_other_messages_stay_whole(text: str) -> None:
    assert questions_in(text) == [text]


@pytest.mark.parametrize(
    ("text", "script"), [("Zelt", "LATIN"), ("где мой gps", "CYRILLIC"), ("配送料金 ok", "CJK"), ("12 %", "")]
)
def test_scripts(text: str, script: str) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("return null;", True),
        ("select * from returns;", True),
        ("<script>alert(document.cookie)</script>", True),
        ("<img src=x onerror = alert", True),
        ("cookies are document.cookie to me", True),
        ("if a == b then refund", True),
        ("'; drop table orders", True),
        ("How do I return a tent; and when is the money back?", False),
        ("I ordered on fernhill.com (two tents), not there yet...", False),
        ("Can I return item(s) bought at 10:30 for < 50 pounds & more?", False),
        ("Do you post to Kirkwall? My order: FH-204817;", False),
        ("I love you <3 when does it come", False),
    ],
)
def test_code_is_told_from_messages(text: str, code: bool) -> None:
    assert is_code(text) is code
