from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.article import (
    SLUG,
    SLUG_LENGTH,
    Article,
    Content,
    Excerpt,
    Revision,
    State,
    checked_slug,
    passages_of,
    slug_of,
)
from knowledge_base.errors import Invalid

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST = Revision(1, Content("Tents", "Dry it.\n"), NOON, "Edith")
SECOND = replace(FIRST, number=2)


@pytest.mark.parametrize(
    ("latest", "published", "retired", "state", "fixed"),
    [
        (FIRST, None, False, State.DRAFT, False),
        (FIRST, FIRST, False, State.PUBLISHED, True),
        (SECOND, FIRST, False, State.CHANGED, True),
        (SECOND, None, True, State.RETIRED, True),
    ],
)
def test_state_follows_from_revisions(
    latest: Revision, published: Revision | None, retired: bool, state: State, fixed: bool
) -> None:
    article = Article("a", "tents", latest, published, NOON if published else None, retired)
    assert (article.state, article.slug_is_fixed) == (state, fixed)


def test_tidied_content_has_no_stray_blanks_and_no_question_twice() -> None:
    content = Content(
        "  Dry  a tent ", "\r\nHang it.\r\n\r\n", questions=("Wet  tent?", "", "Wet tent?")
    ).tidied()
    assert content == Content("Dry a tent", "Hang it.\n", questions=("Wet tent?",))
    assert content.tidied() == content


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_a_title_is_needed(title: str) -> None:
    with pytest.raises(Invalid):
        Content(title, "Text").tidied()


@pytest.mark.parametrize(
    ("words", "slug"),
    [("Wash & care", "wash-care"), ("Größe wählen", "groe-wahlen"), ("Don't", "dont"), ("日本", "")],
)
def test_slug_of_words(words: str, slug: str) -> None:
    assert slug_of(words) == slug


@given(st.text(max_size=300))
def test_a_made_slug_is_a_good_slug(words: str) -> None:
    slug = slug_of(words)
    assert len(slug) <= SLUG_LENGTH
    assert not slug or (SLUG.fullmatch(slug) and checked_slug(slug) == slug)


@pytest.mark.parametrize("slug", ["", "Tents", "a--b", "-a", "a/b", "../x", "a" * 101])
def test_a_bad_slug_is_refused(slug: str) -> None:
    with pytest.raises(Invalid):
        checked_slug(slug)


def test_an_unchanged_passage_keeps_its_id_and_no_two_share_one() -> None:
    same, other = (
        Excerpt((), "", "Hang it up.", "<p>1</p>"),
        Excerpt(("Poles",), "poles", "Bend it.", "<p>2</p>"),
    )
    before = passages_of("a", (same, same, other))
    after = passages_of("a", (other, same))
    assert len({passage.id for passage in before}) == 3
    assert (after[0].id, after[1].id) == (before[2].id, before[0].id)
    assert passages_of("b", (same,))[0].id != before[0].id
    assert [passage.heading for passage in after] == ["Poles", ""]
