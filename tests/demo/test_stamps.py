from pathlib import Path

import pytest

from handoff.demo.stamps import files_of, fingerprint, read_stamp, write_stamp


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "bot" / "data").mkdir(parents=True)
    (tmp_path / "bot" / "data" / "nlu.yml").write_text("greet")
    (tmp_path / "bot" / "channel.py").write_text("pass")
    (tmp_path / "config.yml").write_text("recipe")
    return tmp_path


def mark(tree: Path, *words: str) -> str:
    return fingerprint(tree, [tree / "bot", tree / "config.yml", tree / "missing.yml"], words)


def test_the_same_tree_has_the_same_fingerprint(tree: Path) -> None:
    before = mark(tree)
    (tree / "config.yml").touch()
    assert mark(tree) == before


def test_any_change_of_content_name_or_word_is_seen(tree: Path) -> None:
    seen = {mark(tree), mark(tree, "other"), mark(tree, "oth", "er")}
    (tree / "bot" / "data" / "nlu.yml").write_text("greeT")
    seen.add(mark(tree))
    (tree / "bot" / "data" / "nlu.yml").rename(tree / "bot" / "data" / "rules.yml")
    seen.add(mark(tree))
    (tree / "missing.yml").write_text("")
    seen.add(mark(tree))
    assert len(seen) == 6


def test_moving_text_from_one_file_to_the_next_is_seen(tmp_path: Path) -> None:
    one, two = tmp_path / "1", tmp_path / "2"
    one.write_text("ab")
    two.write_text("c")
    before = fingerprint(tmp_path, [one, two])
    one.write_text("a")
    two.write_text("bc")
    assert fingerprint(tmp_path, [one, two]) != before


def test_what_python_leaves_behind_does_not_count(tree: Path) -> None:
    before = mark(tree)
    (tree / "bot" / "__pycache__").mkdir()
    (tree / "bot" / "__pycache__" / "channel.pyc").write_bytes(b"x")
    assert mark(tree) == before
    assert tree / "bot" / "channel.py" in files_of([tree / "bot"])


def test_a_stamp_keeps_what_others_wrote(tmp_path: Path) -> None:
    stamp = tmp_path / "deep" / "stamp.json"
    write_stamp(stamp, first="1")
    write_stamp(stamp, second="2")
    assert read_stamp(stamp) == {"first": "1", "second": "2"}
    assert [p.name for p in stamp.parent.iterdir()] == ["stamp.json"]


@pytest.mark.parametrize("content", ["", "{half", "[1]"])
def test_an_unreadable_stamp_is_no_stamp(tmp_path: Path, content: str) -> None:
    stamp = tmp_path / "stamp.json"
    stamp.write_text(content)
    assert read_stamp(stamp) == {}
