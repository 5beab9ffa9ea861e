import yaml

from benchmarks.answers.personal_data import Span, plainly
from benchmarks.answers.sets import Example
from benchmarks.answers.training import _as_yaml, _names


def test_every_intent_gets_a_name_of_its_own_that_rasa_takes() -> None:
    names = _names(["card/lost", "card lost", "what?", "?", "card/lost"])
    assert names == {"card/lost": "card_lost", "card lost": "card_lost_", "what?": "what", "?": "intent"}


def test_examples_survive_yaml_whatever_is_in_them() -> None:
    texts = ['say "hi": {now}', "- a dash", "# no comment", "tab\tand\nline", "a [lamp](thing) here", "'"]
    examples = [Example(text, "any") for text in texts]
    loaded = yaml.safe_load(_as_yaml(examples, _names(["any"])))
    lines = [line.removeprefix("- ") for line in loaded["nlu"][0]["examples"].splitlines()]
    assert lines == [
        'say "hi": {now}',
        "- a dash",
        "# no comment",
        "tab and line",
        "a [lamp] (thing) here",
        "'",
    ]


def test_plain_expressions_find_what_anyone_would() -> None:
    text = "Write to mara@fernhill.example or call +32 9 123 45 67"
    assert [(span.kind, text[span.start : span.end]) for span in plainly(text)] == [
        ("email", "mara@fernhill.example"),
        ("phone", "+32 9 123 45 67"),
    ]
    assert Span("email", 0, 5).meets(Span("email", 4, 9))
    assert not Span("email", 0, 5).meets(Span("phone", 4, 9))
