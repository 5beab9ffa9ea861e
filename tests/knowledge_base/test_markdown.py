import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.markdown import ATTRIBUTES, PASSAGE_WORDS, TAGS, Markdown

markdown = Markdown()

PAYLOADS = [
    "<script>steal()</script>",
    "<img src=x onerror=steal()>",
    "<svg/onload=steal()>",
    "[click](javascript:steal())",
    "[click](JaVaScRiPt:steal())",
    "[click](java&#10;script:steal())",
    "[click](vbscript:steal)",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:steal())",
    '[click](https://shop.example "x\\" onmouseover=\\"steal()")',
    "<javascript:steal()>",
    "[click]: javascript:steal()\n\n[click]",
    '<a href="https://shop.example" onclick="steal()">click</a>',
    '## <b id="x" onclick="steal()">Heading</b>',
    "| a |\n|---|\n| <iframe srcdoc='<script>steal()</script>'> |",
    "1. <style>*{display:none}</style>",
    "> <form action=//evil.example><button>Sign in</button></form>",
    "```html\n<script>steal()</script>\n```",
    "`<script>steal()</script>`",
    "<!--><script>steal()</script>-->",
    "\\<script\\>steal()\\</script\\>",
    "<math><mtext></p><img src onerror=steal()>",
]


class Allowed(HTMLParser):
    """Fails on any tag, attribute or address that a passage may not have."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        for name, value in attrs:
            assert name in ATTRIBUTES.get(tag, set()) | {"rel"}, (tag, name)
            if name in ("href", "src"):
                scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):", value or "", re.IGNORECASE)
                assert scheme is None or scheme[1].lower() in ("http", "https", "mailto", "tel")

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment came through")


def check(body: str) -> None:
    pieces = [markdown.html(body), *(excerpt.html for excerpt in markdown.excerpts(body))]
    for html in pieces:
        parser = Allowed()
        parser.feed(html)
        parser.close()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_in_an_article_can_run(payload: str) -> None:
    check(payload)
    check(f"Text before {payload} and after.\n\n- {payload}\n\n## {payload}\n\n{payload}")


def test_the_check_itself_would_notice() -> None:
    for html in ("<script>", '<a onclick="x">', '<a href="javascript:x">', "<!-- x -->"):
        with pytest.raises(AssertionError):
            Allowed().feed(html)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from([*PAYLOADS, "word ", "\n\n", "# ", "- ", "|", "<", ">", '"', "'", "](", "![", "&"])
    )
)
def test_no_mixture_of_payloads_can_run(pieces: list[str]) -> None:
    check("".join(pieces))


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_is_safe(body: str) -> None:
    check(body)


def test_outside_links_say_nothing_about_the_page() -> None:
    assert 'rel="noopener noreferrer nofollow"' in markdown.html("[Post](https://post.example)")


def test_headings_have_anchors_that_are_unique_and_start_below_the_title() -> None:
    html = markdown.html("# Poles\n\n## Poles\n\n### 日本\n")
    assert re.findall(r'<(h\d) id="([^"]+)"', html) == [("h2", "poles"), ("h2", "poles-2"), ("h3", "section")]


def test_each_passage_knows_its_headings_and_its_anchor() -> None:
    body = "Opening.\n\n## Boots\n\nWax.\n\n### Leather\n\nBrush.\n\n## Tents\n\nDry."
    excerpts = markdown.excerpts(body)
    assert [(e.path, e.fragment, e.text) for e in excerpts] == [
        (("Boots",), "boots", "Opening.\nWax."),
        (("Boots", "Leather"), "leather", "Brush."),
        (("Tents",), "tents", "Dry."),
    ]
    html = markdown.html(body)
    assert all(f'id="{excerpt.fragment}"' in html for excerpt in excerpts)


def test_an_opening_that_says_enough_stands_alone() -> None:
    excerpts = markdown.excerpts(f"{'We send boots. ' * 20}\n\n## Boots\n\nWax.")
    assert [excerpt.path for excerpt in excerpts] == [(), ("Boots",)]
    (alone,) = markdown.excerpts("Opening.\n\n## Empty\n")
    assert alone.path == ()


def test_a_few_last_words_stay_with_what_they_belong_to() -> None:
    (excerpt,) = markdown.excerpts(f"{'Wax the boots. ' * 55}\n\nWipe them afterwards.")
    assert excerpt.text.endswith("Wipe them afterwards.")


def test_a_heading_without_text_is_no_passage() -> None:
    assert markdown.excerpts("## Empty\n\n## Full\n\nText.\n\n---\n")[0].path == ("Full",)
    assert markdown.excerpts("") == markdown.excerpts("## Only\n") == ()


def test_steps_stay_together_and_keep_their_numbers() -> None:
    steps = "\n".join(f"{number}. {'Turn the valve slowly. ' * 8}" for number in range(3, 18))
    before = "Some words before the steps. " * 20
    excerpts = markdown.excerpts(f"{before}\n\nDo this:\n\n{steps}")
    with_steps = [excerpt for excerpt in excerpts if "valve" in excerpt.text]
    assert len(with_steps) == 1
    assert with_steps[0].text.splitlines()[-1].startswith("17. Turn")
    assert "Do this:" in with_steps[0].text
    assert '<ol start="3">' in with_steps[0].html


def test_a_table_reads_like_sentences() -> None:
    (excerpt,) = markdown.excerpts(
        "| Country | Days | |\n|---|---|---|\n| Belgium | 2 | post |\n| Norway | **5** | |"
    )
    assert excerpt.text == "Country: Belgium; Days: 2; post\nCountry: Norway; Days: 5"
    assert "<table>" in excerpt.html


def test_a_table_without_rows_loses_nothing() -> None:
    assert markdown.excerpts("| a | b |\n|---|---|\n") == ()


def test_nested_lists_and_code_keep_their_words() -> None:
    (excerpt,) = markdown.excerpts("- one\n  1. inner\n  2. next\n- two\n\n```\nFH-204817\n```")
    assert excerpt.text == "- one\n1. inner\n2. next\n- two\nFH-204817"


def test_a_long_paragraph_is_cut_between_sentences_and_never_inside_a_link() -> None:
    sentence = "The parcel goes to the [nearest post office. It waits there](https://post.example) for **ten days**. "
    excerpts = markdown.excerpts(sentence * 30)
    assert len(excerpts) > 2
    for excerpt in excerpts:
        assert excerpt.text.startswith("The parcel")
        assert excerpt.text.endswith("ten days.")
        assert excerpt.html.count("<a ") == excerpt.html.count("</a>") == excerpt.html.count("<strong>")


PARAGRAPHS = st.lists(
    st.builds(
        lambda count, word: f"{word} " * count + "end.",
        st.integers(1, 120),
        st.sampled_from(["tent", "boot"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(PARAGRAPHS)
def test_passages_lose_no_word_and_stay_short(paragraphs: list[str]) -> None:
    excerpts = markdown.excerpts("\n\n".join(paragraphs))
    said = " ".join(excerpt.text for excerpt in excerpts).split()
    assert said == " ".join(paragraphs).split()
    assert max(len(excerpt.text.split()) for excerpt in excerpts) <= PASSAGE_WORDS + 60
