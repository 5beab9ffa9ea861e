"""Turns an article's markdown into safe HTML and into passages that can be shown as answers.

Raw HTML in the source is text, not markup; what is left passes an allow-list before it goes anywhere. This module
must not know about storage, vectors or who may see an article.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge_base.article import Excerpt, slug_of
from knowledge_base.plain_text import plain_text, said, words_of_inline

PASSAGE_WORDS = 180
"""A passage is closed before it grows beyond this: the encoder reads 256 tokens, about 190 words of English."""
SHORT_WORDS = 60
"""A passage shorter than this takes the next block of its section even when that makes it a little too long."""
SCRAP_WORDS = 40
"""Too little to be an answer: an opening this short goes with the first section, a section's last words with what
stands before them."""

TAGS = frozenset(
    {"h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote"}
    | {"ul", "ol", "li", "a", "img", "table", "thead", "tbody", "tr", "th", "td"}
)
ATTRIBUTES: dict[str, set[str]] = {
    **{f"h{level}": {"id"} for level in range(2, 7)},
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
}
SCHEMES = {"http", "https", "mailto", "tel"}
LINK_REL = "noopener noreferrer nofollow"

_parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


@dataclass(frozen=True, slots=True)
class _Block:
    """One top-level piece of the body: a paragraph, a whole list, a whole table."""

    tokens: list[Token]
    text: str

    @property
    def words(self) -> int:
        return len(self.text.split())


@dataclass(slots=True)
class _Section:
    path: tuple[str, ...] = ()
    fragment: str = ""
    blocks: list[_Block] = field(default_factory=list)


class Markdown:
    """The renderer that the library uses; stateless."""

    def html(self, body: str) -> str:
        """Sanitised HTML of the whole body; headings carry anchors, `#` becomes h2 because the page has the h1."""
        return _clean(_tokens(body))

    def excerpts(self, body: str) -> tuple[Excerpt, ...]:
        """The body cut into passages, in reading order; empty when the body says nothing."""
        return tuple(
            Excerpt(section.path, section.fragment, text, _clean([t for b in group for t in b.tokens]))
            for section in _with_opening(list(_sections(_tokens(body))))
            for group in _groups(section.blocks)
            if (text := "\n".join(block.text for block in group).strip())
        )


def _tokens(body: str) -> list[Token]:
    tokens = _parser.parse(body)
    used: dict[str, int] = {}
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            slug = slug_of(words_of_inline(inline)) or "section"
            used[slug] = used.get(slug, 0) + 1
            opening.attrSet("id", slug if used[slug] == 1 else f"{slug}-{used[slug]}")
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{max(2, int(token.tag[1]))}"
    return tokens


def _clean(tokens: list[Token]) -> str:
    html = str(_parser.renderer.render(tokens, _parser.options, {}))
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=LINK_REL,
        strip_comments=True,
    ).strip()


def _sections(tokens: list[Token]) -> Iterator[_Section]:
    section, trail = _Section(), dict[int, str]()
    for block in _top_level(tokens):
        first = block[0]
        if first.type != "heading_open":
            text = plain_text(block)
            if text:
                section.blocks.append(_Block(block, text))
            continue
        yield section
        level = int(first.tag[1])
        trail = {above: words for above, words in trail.items() if above < level}
        trail[level] = words_of_inline(block[1])
        section = _Section(tuple(trail.values()), str(first.attrGet("id") or ""))
    yield section


def _with_opening(sections: list[_Section]) -> list[_Section]:
    """A short opening, such as "We send from Ghent", answers nothing: it becomes the first section's beginning."""
    opening, *rest = sections
    if not rest or not rest[0].blocks or sum(block.words for block in opening.blocks) >= SCRAP_WORDS:
        return sections
    first = rest[0]
    return [_Section(first.path, first.fragment, opening.blocks + first.blocks), *rest[1:]]


def _top_level(tokens: list[Token]) -> Iterator[list[Token]]:
    start = depth = 0
    for position, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[start : position + 1]
            start = position + 1


def _groups(blocks: list[_Block]) -> list[list[_Block]]:
    """Packs blocks into passages; only plain paragraphs are ever cut, between sentences."""
    groups = list(_packed(blocks))
    if len(groups) > 1:
        before, last = (sum(block.words for block in group) for group in groups[-2:])
        if last < SCRAP_WORDS and before + last <= PASSAGE_WORDS + SHORT_WORDS:
            groups[-2:] = [groups[-2] + groups[-1]]
    return groups


def _packed(blocks: list[_Block]) -> Iterator[list[_Block]]:
    group: list[_Block] = []
    words = 0
    for block in chain.from_iterable(map(_cut, blocks)):
        # A line such as "Do this:" belongs to the list that it announces.
        announces = bool(group) and group[-1].text.endswith(":")
        if words >= SHORT_WORDS and words + block.words > PASSAGE_WORDS and not announces:
            yield group
            group, words = [], 0
        group.append(block)
        words += block.words
    if group:
        yield group


def _cut(block: _Block) -> Iterator[_Block]:
    if block.words <= PASSAGE_WORDS or block.tokens[0].type != "paragraph_open":
        yield block
        return
    opening, inline, closing = block.tokens
    for children in _sentences_packed(inline.children or []):
        part = Token("inline", "", 0, children=children, content="")
        yield _Block([opening, part, closing], words_of_inline(part))


def _sentences_packed(children: list[Token]) -> Iterator[list[Token]]:
    """Cuts inline tokens between sentences into runs of about two thirds of PASSAGE_WORDS, never inside a link."""
    whole = "".join(said(child) for child in children)
    starts = {sentence.start_char for sentence in _sentencizer()(whole).sents}
    run: list[Token] = []
    words = offset = depth = 0
    for child in children:
        depth += child.nesting
        text = said(child)
        if child.type != "text" or depth:
            run.append(child)
        else:
            rest = 0
            for at in sorted(start - offset for start in starts if offset <= start < offset + len(text)):
                words += len(text[rest:at].split())
                run.append(Token("text", "", 0, content=text[rest:at]))
                rest = at
                if words >= PASSAGE_WORDS * 2 // 3:
                    yield run
                    run, words = [], 0
            run.append(Token("text", "", 0, content=text[rest:]))
            text = text[rest:]
        words += len(text.split())
        offset += len(said(child))
    yield run


@lru_cache(maxsize=1)
def _sentencizer():  # type: ignore[no-untyped-def]  # spaCy's Language; imported late because it takes a second
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    return pipeline
