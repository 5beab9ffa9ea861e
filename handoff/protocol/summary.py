"""What a person reads before their first word, and what the customer may correct of it.

The customer is quoted and never paraphrased: every `Quote` says which event it stands in and where, so that a console
can jump there. Positions are counted in Unicode characters (code points), not in UTF-16 units as JavaScript does.
"""

from typing import Annotated, Literal

from pydantic import Field

from handoff.protocol.parts import Inbound, Outbound, Words

MAX_CARD_LINE = 1_000
"""Characters of one line of the card."""

CardPart = Literal["want", "about", "tried"]
AttemptKind = Literal["answered", "asked_back", "not_found"]
AttemptEnd = Literal[
    "helped", "not_helpful", "said_no", "asked_again", "none_fitted", "chosen", "asked_for_person", "open"
]
Tone = Literal["calm", "unhappy", "angry"]
CueKind = Literal[
    "strong_words",
    "complaint",
    "said_before",
    "swearing",
    "exclamation",
    "capitals",
    "repeated",
    "thumb_down",
]
CardLine = Annotated[Words, Field(max_length=MAX_CARD_LINE)]


class Quote(Outbound):
    """The customer's own words: characters `start` to `end` of what the event `seq` says.

    That is the `text` of a message, and `contact.about` of a contact event.
    """

    seq: int = Field(ge=1)
    start: int = Field(ge=0)
    end: int
    text: str = Field(description="Verbatim, without the dots that a reader puts where it is cut.")
    cut_before: bool = Field(description="They had said something before it in the same message.")
    cut_after: bool


class SummaryFact(Outbound):
    """What identifies the matter: an order number, a product, an e-mail address."""

    kind: str = Field(description="order_number, product, email, phone or another entity of the bot.")
    value: str
    quote: Quote | None = Field(description="Where they said it; null when it came another way.")


class Attempt(Outbound):
    """One thing that the bot tried, and what came of it."""

    seq: int = Field(ge=1, description="The bot's event.")
    kind: AttemptKind
    title: str = Field(description="The article shown, or what the bot asked or said.")
    asked: Quote | None = Field(description="The words that it was a reply to.")
    end: AttemptEnd = Field(description="`open` when nothing in the log says how it went.")
    end_seq: int | None = Field(description="The event that says so.")
    end_quote: Quote | None
    choice: str = Field(default="", description="The button that was pressed, for `asked_back`.")


class MoodCue(Outbound):
    """One thing in the log that the tone was read from. An observation about words, not about a person."""

    kind: CueKind
    seq: int = Field(ge=1)
    quote: Quote | None = Field(description="Null for a thumb.")


class Mood(Outbound):
    """How the wording reads, and by which cues: the latest of each kind, in the order of the log."""

    tone: Tone = "calm"
    cues: list[MoodCue] = Field(default=[])


class Evidence(Outbound):
    """One sentence about why a person was called, and the event that it speaks of."""

    text: str
    seq: int | None = None


class Correction(Outbound):
    """A line of the card as the customer wants it said. Empty: they want it left out."""

    part: CardPart
    text: str
    seq: int = Field(ge=1)


class Card(Outbound):
    """ "What I will tell them": the summary as the customer sees and corrects it. An empty line says nothing."""

    want: str
    about: str
    tried: str
    corrected: list[CardPart] = Field(description="Lines that the customer wrote anew.")


class CardLines(Inbound):
    """Lines to be said otherwise: null stays as it is, empty is left out."""

    want: CardLine | None = None
    about: CardLine | None = None
    tried: CardLine | None = None
