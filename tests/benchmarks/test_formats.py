import json
from pathlib import Path

import pytest

from benchmarks.answers.formats import sets_in
from benchmarks.answers.intent_formats import line_of_entry
from benchmarks.answers.question_formats import with_topic_switched
from benchmarks.answers.sets import AnySet, Asked, Example, IntentSet, Malformed, QuestionSet

LAMPS = [Example("my lamp stays dark", "lamp_broken"), Example("the lamp will not light", "lamp_broken")]
POLES = [Example("a pole snapped", "pole_broken"), Example("I need another pole", "pole_broken")]
TRAIN = [*LAMPS, *POLES]


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def columns(folder: str, rows: list[Example]) -> dict[str, str]:
    return {
        f"{folder}/seq.in": "".join(f"{one.text}\n" for one in rows),
        f"{folder}/label": "".join(f"{one.intent}\n" for one in rows),
    }


def table(rows: list[Example], heading: str = "sentence,label") -> str:
    return "\n".join([heading, *(f'"{one.text}",{one.intent}' for one in rows)]) + "\n"


def one_set(folder: Path) -> AnySet:
    found = list(sets_in(folder))
    assert len(found) == 1
    assert not isinstance(found[0], Malformed), str(found[0])
    return found[0]


def intents(folder: Path) -> IntentSet:
    found = one_set(folder)
    assert isinstance(found, IntentSet)
    return found


def questions(folder: Path) -> QuestionSet:
    found = one_set(folder)
    assert isinstance(found, QuestionSet)
    return found


def complaint(folder: Path) -> str:
    (found,) = sets_in(folder)
    assert isinstance(found, Malformed)
    return str(found)


def pairs(rows: list[Example]) -> list[list[str]]:
    return [[one.text, one.intent] for one in rows]


def test_clinc_is_measured_on_its_test_split_where_it_has_one(tmp_path: Path) -> None:
    said = {
        "train": pairs(TRAIN),
        "val": [["it flickers", "lamp_broken"]],
        "test": [["bent pole", "pole_broken"]],
        "oos_train": [["who won the race", "oos"]],
        "oos_val": [["sing to me", "oos"]],
        "oos_test": [["what is the time", "oos"], ["bake a cake", "oos"]],
    }
    found = intents(write(tmp_path, {"any name.json": json.dumps(said), "domains.json": '{"a": ["b"]}'}))
    assert found.train == TRAIN
    assert found.test == [Example("bent pole", "pole_broken")]
    assert found.out_of_scope == {"out of scope": ["what is the time", "bake a cake"]}


def test_clinc_without_a_test_split_is_measured_on_val(tmp_path: Path) -> None:
    said = {"train": pairs(TRAIN), "val": pairs(TRAIN[:1]), "oos_val": [["sing", "oos"]], "oos_train": []}
    found = intents(write(tmp_path, {"data.json": json.dumps(said)}))
    assert (found.test, found.out_of_scope) == (TRAIN[:1], {"out of scope": ["sing"]})


def test_a_bad_entry_of_clinc_is_named_with_its_line(tmp_path: Path) -> None:
    text = '{\n "train": [\n  ["a pole", "pole"],\n  ["a lamp"]\n ],\n "val": []\n}'
    assert "data.json:4:" in complaint(write(tmp_path, {"data.json": text}))


def test_json_that_is_none_is_named_with_its_line(tmp_path: Path) -> None:
    assert "data.json:2:" in complaint(write(tmp_path, {"data.json": '{"train":\n [,]}'}))


def test_the_line_of_an_entry_is_found_in_a_list_too() -> None:
    assert line_of_entry('[{"a": [1,\n2]},\n{"b": 3}]', None, 1) == 3


def test_label_folders_tell_near_from_foreign(tmp_path: Path) -> None:
    files = columns("train", TRAIN) | columns("valid", TRAIN[:1]) | columns("id-oos/train", LAMPS)
    files |= columns("id-oos/valid", [Example("rent a tent", "oos")])
    files |= columns("ood-oos/valid", [Example("sing", "oos")]) | {"README.md": "about it"}
    found = intents(write(tmp_path, files))
    assert (found.train, found.test) == (TRAIN, TRAIN[:1])
    assert found.out_of_scope == {"near": ["rent a tent"], "foreign": ["sing"]}


def test_label_folders_prefer_the_test_split_and_keep_odd_separators_inside_a_line(tmp_path: Path) -> None:
    odd = Example("one\u2028line", "lamp_broken")
    files = columns("train", TRAIN) | columns("valid", TRAIN) | columns("test", [odd])
    files |= columns("oos/test", [Example("sing", "oos")])
    found = intents(write(tmp_path, files))
    assert (found.test, found.out_of_scope) == ([odd], {"out of scope": ["sing"]})


def test_label_folders_may_use_other_names_and_mix_in_what_is_out_of_scope(tmp_path: Path) -> None:
    files = {
        "train/text": "a\nb\n",
        "train/labels": "x\ny\n",
        "test/text": "a\nsing",
        "test/labels": "x\noos",
    }
    found = intents(write(tmp_path, files))
    assert found.train == [Example("a", "x"), Example("b", "y")]
    assert (found.test, found.out_of_scope) == ([Example("a", "x")], {"out of scope": ["sing"]})


def test_nobody_trains_on_blank_lines_nor_on_what_is_out_of_scope(tmp_path: Path) -> None:
    files = columns("train", [*TRAIN, Example("", "lamp_broken"), Example("sing", "oos")])
    assert intents(write(tmp_path, files | columns("test", TRAIN))).train == TRAIN


def test_files_that_end_at_different_lines_are_refused(tmp_path: Path) -> None:
    files = {"train/seq.in": "a\nb\nc\n", "train/label": "x\ny\n"} | columns("test", TRAIN)
    assert "train/seq.in:3:" in complaint(write(tmp_path, files))


def test_a_missing_label_is_named_with_its_line(tmp_path: Path) -> None:
    files = {"train/seq.in": "a\nb\n", "train/label": "x\n\n"} | columns("test", TRAIN)
    assert "train/label:2:" in complaint(write(tmp_path, files))


def test_tables_in_folders_go_together_by_name(tmp_path: Path) -> None:
    missed = Example("sing", "NO_NODES_DETECTED")
    files = {
        "train/lamps_train.csv": table(TRAIN),
        "train/lamps_subset_train.csv": table([TRAIN[0], TRAIN[2]]),
        "test/lamps_test.csv": table([*TRAIN[:1], missed]),
    }
    sets = {
        found.name: found
        for found in sets_in(write(tmp_path / "bots", files))
        if isinstance(found, IntentSet)
    }
    assert set(sets) == {"bots/lamps", "bots/lamps_subset"}
    assert len(sets["bots/lamps"].train) == 4
    for found in sets.values():
        assert (found.test, found.out_of_scope) == (TRAIN[:1], {"out of scope": ["sing"]})


def test_tables_side_by_side_go_together(tmp_path: Path) -> None:
    files = {"train.csv": table(TRAIN, "text,category"), "test.csv": table(POLES, "text,category")}
    assert intents(write(tmp_path, files)).test == POLES


def test_a_fifth_is_held_out_where_there_is_nothing_but_training(tmp_path: Path) -> None:
    rows = [Example(f"{word} {n}", word) for word in ("lamp", "pole") for n in range(10)]
    found = intents(write(tmp_path, {"train.csv": table(rows, "text,category")}))
    assert (len(found.train), len(found.test)) == (16, 4)
    assert not {one.text for one in found.train} & {one.text for one in found.test}
    assert found.note


@pytest.mark.parametrize("bad", ["only one column", "a,b,c", '"text",'])
def test_a_bad_row_of_a_table_is_named_with_its_line(tmp_path: Path, bad: str) -> None:
    lines = table(TRAIN).splitlines()
    text = "\n".join([*lines[:2], bad, *lines[2:]])
    assert "train.csv:3:" in complaint(write(tmp_path, {"train.csv": text, "test.csv": table(POLES)}))


def test_a_text_with_a_line_break_counts_as_the_lines_it_has(tmp_path: Path) -> None:
    text = 'sentence,label\n"two\nlines",x\nbroken\n'
    assert "train.csv:4:" in complaint(write(tmp_path, {"train.csv": text}))


def test_pairs_give_an_article_its_own_question(tmp_path: Path) -> None:
    rows = [
        {"question": "How long is the warranty?", "answer": "Five years.", "query_type": "faq", "label": 1},
        {"question": "warranty time", "answer": "Five years.", "query_type": "user_query", "label": 1},
        {"question": "who fixes poles", "answer": "We do.", "query_type": "user_query", "label": 1},
        {"question": "who fixes poles", "answer": "Five years.", "query_type": "user_query", "label": 0},
    ]
    found = questions(write(tmp_path, {"pairs.json": json.dumps(rows)}))
    assert [content.title for content in found.articles.values()] == ["How long is the warranty?", "We do."]
    assert found.asked == [
        Asked("warranty time", frozenset({"faq-1"})),
        Asked("who fixes poles", frozenset({"faq-2"})),
    ]


def test_a_question_with_two_answers_is_asked_once_for_each(tmp_path: Path) -> None:
    rows = [
        {"question": "poles", "answer": text, "query_type": "user_query"} for text in ("We do.", "You may.")
    ]
    found = questions(write(tmp_path, {"pairs.json": json.dumps(rows)}))
    assert found.asked == [
        Asked("poles", frozenset({"faq-1"}), also=frozenset({"faq-2"})),
        Asked("poles", frozenset({"faq-2"}), also=frozenset({"faq-1"})),
    ]


def test_pairs_that_do_not_say_whose_question_is_whose(tmp_path: Path) -> None:
    rows = [{"question": q, "answer": "Yes."} for q in ("May I return it?", "can it go back")]
    found = questions(write(tmp_path, {"faq.json": json.dumps(rows)}))
    assert [one.question for one in found.asked] == ["can it go back"]


def test_a_bad_pair_is_named_with_its_line(tmp_path: Path) -> None:
    text = '[\n {"question": "a", "answer": "b"},\n {"question": "c", "answer": 4}\n]'
    assert "faq.json:3:" in complaint(write(tmp_path, {"faq.json": text}))


def lines(*rows: dict[str, object]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_conversations_begin_with_what_was_said_last_and_leave_agents_out(tmp_path: Path) -> None:
    files = {
        "documents.jsonl": lines(
            {"title": "Lamps#1_0", "domain": "d", "text": "Light\nIt shines.\n\nAll night."}
        ),
        "questions.jsonl": lines(
            {"title": "Lamps#1_0", "question": "user: and how long?\tagent: it shines\tuser: does it shine?"},
            {"title": "Lamps#1_0", "question": "user: does it shine?"},
        ),
    }
    found = questions(write(tmp_path, files))
    assert found.articles["lamps-1-0"].title == "Lamps"
    assert found.articles["lamps-1-0"].body == "## Light\n\nIt shines.\n\nAll night.\n"
    assert found.later_turns == [Asked("and how long?", frozenset({"lamps-1-0"}), ("does it shine?",))]
    assert [one.question for one in found.first_turns] == ["does it shine?"]


def test_plain_documents_are_named_by_id(tmp_path: Path) -> None:
    files = {
        "documents.jsonl": lines({"id": 0, "title": "Poles", "text": "# Poles\n\nThey bend."}),
        "questions.jsonl": lines({"question": "do they bend", "document": 0, "asked": ["hello"]}),
    }
    assert questions(write(tmp_path, files)).asked == [
        Asked("do they bend", frozenset({"poles"}), ("hello",))
    ]


@pytest.mark.parametrize(
    ("file", "text", "where"),
    [
        ("questions.jsonl", '\n{"question": "a", "document": "nowhere"}\n', "questions.jsonl:2:"),
        ("questions.jsonl", '{"question": "a"}\n', "questions.jsonl:1:"),
        ("questions.jsonl", "{}\n[]\n", "questions.jsonl:1:"),
        ("documents.jsonl", '{"title": "x", "text": "y"}\n{"title"\n', "documents.jsonl:2:"),
        ("documents.jsonl", '{"title": "x"}\n', "documents.jsonl:1:"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, file: str, text: str, where: str) -> None:
    files = {
        "documents.jsonl": lines({"title": "Poles", "text": "They bend."}),
        "questions.jsonl": lines({"question": "do they bend", "document": "Poles"}),
    }
    assert where in complaint(write(tmp_path, files | {file: text}))


def test_a_switched_topic_is_another_one(tmp_path: Path) -> None:
    lamp, pole = frozenset({"lamp"}), frozenset({"pole"})
    asked = [Asked("a", lamp), Asked("b", pole), Asked("c", pole, ("b", "x"))]
    switched = with_topic_switched(QuestionSet("any", {}, asked))
    assert switched == [Asked("a", lamp, ("b", "x", "c"))]


def test_sets_are_found_in_folders_of_folders_and_a_broken_one_hides_no_other(tmp_path: Path) -> None:
    files = {
        "one/inner/train.csv": table(TRAIN),
        "one/inner/test.csv": table(POLES),
        "two/train/seq.in": "a\n",
        "two/train/label": "",
        "three/notes.txt": "nothing",
    }
    found = list(sets_in(write(tmp_path, files)))
    assert [type(one) for one in found] == [IntentSet, Malformed]
    assert isinstance(found[0], IntentSet)
    assert found[0].name == "one/inner"


def test_a_set_that_cannot_be_measured_says_why(tmp_path: Path) -> None:
    files = {"train.csv": table(LAMPS), "test.csv": table(LAMPS)}
    assert "two intents" in complaint(write(tmp_path, files))


def test_the_public_sets_are_read_whole(eval_dir: Path) -> None:
    (pages,), (short,) = sets_in(eval_dir / "doc2dial"), sets_in(eval_dir / "CovidFAQ")
    assert isinstance(pages, QuestionSet)
    assert isinstance(short, QuestionSet)
    assert (len(pages.articles), len(pages.first_turns), len(pages.later_turns)) == (101, 295, 1448)
    assert not any("agent:" in one.question for one in pages.asked)
    assert (len(short.articles), len(short.asked)) == (67, 1387)
    switched = with_topic_switched(pages)
    assert [one.question for one in switched] == [one.question for one in pages.first_turns]
    assert {len(one.earlier) for one in switched} == {3}


@pytest.mark.parametrize(
    ("folder", "train", "test", "outside"),
    [
        ("clinc150", 15_000, 3_000, {"out of scope": 100}),
        ("banking77_oos", 5_903, 1_506, {"near": 530, "foreign": 200}),
        ("hint3/v2", 328, 253, {"out of scope": 144}),
    ],
)
def test_the_public_intents_are_read_whole(
    eval_dir: Path, folder: str, train: int, test: int, outside: dict[str, int]
) -> None:
    found = intents(eval_dir / folder)
    assert (len(found.train), len(found.test)) == (train, test)
    assert {kind: len(texts) for kind, texts in found.out_of_scope.items()} == outside


@pytest.mark.parametrize(
    ("file", "text", "wrong"),
    [
        (
            "lamps_train.csv",
            "sentance,label\nit is dark,dark\n",
            "1: columns are 'sentance', 'label'; expected one of sent",
        ),
        ("lamps_train.csv", "sentence;label\nit is dark;dark\n", "1: columns must be parted by commas"),
        ("lamps.csv", table(TRAIN), "1: there is no training with it"),
        ("train/lamps.csv", "said,meant\nit is dark,dark\n", "1: columns are 'said', 'meant'"),
        ("lamps.tsv", "sentence\tlabel\n", "1: columns are parted by tabs"),
        ("lamps.json", '{"train": "none"}', "1: 'train' must be a list"),
        ("lamps.json", '{"training": []}', "1: keys are 'training'"),
        (
            "lamps.json",
            '[{"Question": "q", "Answer": "a"}]',
            "1: keys of its first entry are 'Question', 'Answer'",
        ),
        ("lamps.json", "[]", "1: keys of its first entry are none"),
        ("lamps.json", "5", "1: expected an object"),
        ("documents.jsonl", "{}\n", "1: there is no questions.jsonl beside it"),
        ("lamps.jsonl", "{}\n", "1: of this kind only"),
    ],
)
def test_a_file_that_is_no_set_is_not_passed_over(tmp_path: Path, file: str, text: str, wrong: str) -> None:
    assert f"{file}:{wrong}" in complaint(write(tmp_path, {file: text}))


@pytest.mark.parametrize(
    "file", ["lamps_train.csv", "train/seq.in", "lamps.json", "documents.jsonl", "questions.jsonl"]
)
def test_what_is_not_utf_8_is_named_with_its_line(tmp_path: Path, file: str) -> None:
    others = {"documents.jsonl": '{"title": "Lamps", "text": "Dark."}\n', "questions.jsonl": ""}
    beside = others if file.endswith("jsonl") else columns("train", TRAIN) if file.endswith("in") else {}
    write(tmp_path, {**beside, file: ""})
    (tmp_path / file).write_bytes(b"\nsentence,label\nd\xff\n")
    assert f"{file}:3: this is not UTF-8" in complaint(tmp_path)


def test_a_broken_table_beside_a_good_one_is_named(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a_train.csv": table(TRAIN),
            "a_test.csv": table(LAMPS),
            "b_train.csv": "said,meant\n",
            "c.json": "[]",
        },
    )
    good, broken = sets_in(tmp_path)
    assert isinstance(good, IntentSet)
    assert "b_train.csv:1: columns are 'said', 'meant'" in str(broken)
