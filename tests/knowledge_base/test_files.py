from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.article import TITLE_LENGTH, Content
from knowledge_base.errors import BadArticleFile
from knowledge_base.files import ArticleFile, article_paths, read_article, write_article

LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
EARLIEST = datetime(1990, 1, 1)  # noqa: DTZ001  # hypothesis adds the zone itself
CONTENTS = st.builds(
    lambda title, body, summary, questions, always_person: Content(
        title, body, summary, "Returns", tuple(questions), always_person
    ).tidied(),
    LINES.filter(lambda text: 0 < len(" ".join(text.split())) <= TITLE_LENGTH),
    LINES.filter(lambda text: text.strip() and not text.strip().startswith("# ")),
    LINES,
    st.lists(LINES, max_size=3),
    st.booleans(),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(CONTENTS, st.none() | st.datetimes(EARLIEST, timezones=st.just(UTC)))
def test_what_was_written_is_read_back_equal(
    tmp_path: Path, content: Content, updated: datetime | None
) -> None:
    file = ArticleFile("an-article", content, updated)
    assert read_article(write_article(file, tmp_path), tmp_path) == file


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_plain_file_gets_its_title_slug_and_category_from_where_it_lies(tmp_path: Path) -> None:
    path = written(tmp_path, "returns/send-it-back.md", "# Send it back\n\nWithin sixty days.\n")
    file = read_article(path, tmp_path)
    assert (file.slug, file.content.title, file.content.category) == (
        "send-it-back",
        "Send it back",
        "returns",
    )
    assert file.content.body == "Within sixty days.\n"


def test_a_date_is_midnight_in_utc(tmp_path: Path) -> None:
    path = written(tmp_path, "a.md", "---\ntitle: A\nupdated: 2026-10-02\n---\nText\n")
    assert read_article(path, tmp_path).updated == datetime(2026, 10, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("---\ntitle: A\nText", "never ends"),
        ("---\ntitle: [A\n---\nText", "not valid YAML in line"),
        ("---\n- A\n---\nText", "name: value"),
        ("---\ntitle: A\n---\n\n", "no text"),
        ("---\ntitle: A\nslug: A B\n---\nText", "lower-case"),
        ("---\ntitle: A\nquestions: B\n---\nText", "list of texts"),
        ("---\ntitle: A\nalways_person: maybe\n---\nText", "true or false"),
        ("---\ntitle: A\nupdated: soon\n---\nText", "date"),
        (f"---\ntitle: {'A' * 300}\n---\nText", "title of 1 to 200"),
    ],
)
def test_a_bad_file_says_what_to_change(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadArticleFile, match=says):
        read_article(written(tmp_path, "a.md", text), tmp_path)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes("Größe".encode("latin-1"))
    with pytest.raises(BadArticleFile, match="UTF-8"):
        read_article(path, tmp_path)


def test_only_markdown_is_found_in_a_fixed_order(tmp_path: Path) -> None:
    for name in ("b/2.md", "a/1.mdx", "a/image.png", "c.markdown"):
        written(tmp_path, name, "x")
    assert [str(path.relative_to(tmp_path)) for path in article_paths(tmp_path)] == [
        "a/1.mdx",
        "b/2.md",
        "c.markdown",
    ]
