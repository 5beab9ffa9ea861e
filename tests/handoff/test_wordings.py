import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.calling import asks_for_person
from handoff.quoting import Said as Spoken
from handoff.summary import summarise
from handoff.wordings import HEATED, heat, heat_cues, meant_for, same_question

ASKS = """
I want to talk to a person
Can I speak to a human?
could I please talk to someone about my order
I'd like to chat with an agent
Put me through to a representative
connect me to a real person please
I would like to be connected to an employee
Get me a human
gimme a human
get me your manager
Let me have a person
human please
Human
HUMAN!!!
agent
operator
A real person, please
REPRESENTATIVE
live agent please
I need to speak with customer service
Transfer me to support team
How do I reach customer support?
is there a human here I can write to
are there any humans I can ask
Can a human look at this?
please call me back
call me
I'd like a callback
could somebody ring me
I don't want to talk to a bot
I don’t want to talk to a robot
stop, no more bots
I'm sick of this robot
I'd rather talk to a person than a machine
enough of this chatbot
not a bot please
give me a person
I want a human being
I prefer to deal with a live person
escalate this to a supervisor
I want to speak to somebody who can actually help
I want to speak to my account manager
need a real human
Is anyone there? I want a person
pass me to an advisor
Please find me an adviser
can someone call me
this is useless, get me a human now
I can’t talk to a robot about this, give me an agent
talk to agent
please let me speak to a member of staff
I need human help
switch to human support
Could a real person answer this?
You don't help, I want to speak to a person
I need to talk to someone about a tent for two
I'm asking for a human
I need to talk to someon
CAN I SPEAK TO A HUMANN
speek to a persn
custmer service please
costumer care number
get me a fucking human
need to speak
can we talk to a person instead of this
is anyone there who can help me
is there somebody I could talk to
can somebody help me with this
what is your phone number
is there a number I can call
I'd like to call you
please have someone contact me
who can I speak to
who do I call about a claim
give me a ring
call me on +32 470 12 34 56
call me tomorrow
transfer me
put me through please
customer service
AGENT AGENT AGENT
no, an agent please
let a human read this
I hate talking to robots
could one of your team take over
are your staff available right now
""".strip().splitlines()

DOES_NOT_ASK = """
Where is my parcel?
Do you have a two-person tent?
I need a tent for one person
I need a one-person tent
I want a 3 person tent
which tent fits four people
I need a tent for two people
Are you a bot?
Are you a real person?
Am I talking to a human?
Is this a robot?
I don't want to talk to a human
no need to speak to an agent
please don't call me
don't transfer me to anybody
I do not want a person, you are fine
My phone number is wrong on the order
Can I change the phone number of the delivery?
I want to send a gift to someone
I bought this for a person who hikes alone
Someone stole my parcel
someone else ordered this
Is the jacket not machine washable?
can I wash it by hand rather than in a machine
The label says not machine wash
I'm not a robot
do you give staff discount?
do you get employee discount
I want to return a tent my manager bought
I need a jacket for a tall person
I need boots for someone with wide feet
I need a cleaning agent for my boots
I need a waterproofing agent
I want to buy a gift for someone special
How much is shipping per person?
the stove stopped working
is it safe for human use
Are your factories human rights audited
not enough pegs in my tent
is the fleece better than a down jacket
Stop my order
my tent has no more pegs
does the phone holder fit
Can I get a refund for my tent
the courier gave it to somebody else
contact details please
I prefer the green one
the zip is broken and I want a new one
Do you need a person's signature on delivery?
Will the parcel be handed to a person
Do I need to be there in person to sign?
I want to collect it in person
My child wants a human-sized tent
can I get the backpack my operator recommended
Your agent said I could send it back
I talked about it at the shop yesterday and my refund is not here
a person told me it ships today
/restart
are your staff friendly?
is your customer service any good?
do you have somebody who sells second-hand tents?
is there an agent discount?
do you have staff on Sundays?
how many people work there
you can call me Anna
Call me Tom
you can call me on 0470 12 34 56
will the driver call me before he comes
does the courier ring?
they never called me
please e-mail me the answer
can someone else sign for my parcel
can somebody help me choose a tent
do I talk to a human here
I wonder whether you are human
from now on call me by my nickname
does it need two people to pitch
I want to apply for a job with your team
a phone number is missing on my order
connect me the hose to the pump
when is customer service open
I spoke to an agent yesterday and my refund is not here
hello, anybody there
thank you
no
?
""".strip().splitlines()


@pytest.mark.parametrize("text", [*ASKS, "speak    to\n a   human"])
def test_this_asks_for_a_person(text: str) -> None:
    assert asks_for_person(text)


@pytest.mark.parametrize("text", DOES_NOT_ASK)
def test_this_does_not(text: str) -> None:
    assert not asks_for_person(text)


def test_there_are_enough_sentences_of_both_kinds() -> None:
    assert len(set(ASKS)) >= 50
    assert len(set(DOES_NOT_ASK)) >= 50


@pytest.mark.parametrize("text", ["", " ", "\x00", "\u200b", "𝓗", "a" * 4_000, "\n\t " * 900])
def test_odd_texts_ask_for_nobody(text: str) -> None:
    assert not asks_for_person(text)


@pytest.mark.parametrize(
    "piece",
    [
        "get a ",
        "don't want ",
        "do not to ",
        "need a to ",
        "connect me ",
        "is can ",
        "human ",
        "not a ",
        "my in ",
        "real human ",
        "customer ",
        "is there anyone ",
        "they call ",
        "to speak ",
        "please ",
        "h u m a n ",
    ],
)
def test_no_text_takes_long_to_read(piece: str) -> None:
    text = (piece * 4_000)[:4_000]
    began = time.perf_counter()
    asks_for_person(text)
    heat(text)
    same_question(text, text)
    meant_for("Mara", text)
    assert time.perf_counter() - began < 0.5  # some 3 ms here; a backtracking pattern would take minutes


@pytest.mark.parametrize(("text", "kinds"), [
    ("How long does delivery take?", set()),
    ("This is useless", {"strong_words"}),
    ("THIS IS THE THIRD TIME I ASK", {"said_before", "capitals"}),
    ("WHERE IS MY PARCEL???", {"capitals", "exclamation"}),
    ("that did not help!!", {"complaint", "exclamation"}),
    ("how do I get this damn stain out", {"swearing"}),
    ("Is the GORE-TEX PRO JACKET waterproof in heavy rain", set()),
    ("FH-204817", set()),
    ("I am so annoyed, you don’t understand", {"complaint", "strong_words"}),
    ("", set()),
])  # fmt: skip
def test_the_cues_of_a_heated_message(text: str, kinds: set[str]) -> None:
    cues = heat_cues(text)
    assert {cue.kind for cue in cues} == kinds
    assert all(text[cue.start : cue.end].strip() for cue in cues)


@pytest.mark.parametrize("text", [
    "how do I get this damn stain out", "HOW LONG DOES DELIVERY TAKE", "how long does delivery take!!",
    "hell no", "it did not work", "is the bloody zip under warranty",
])  # fmt: skip
def test_one_cue_alone_is_no_heat(text: str) -> None:
    assert heat(text) < HEATED


@pytest.mark.parametrize("text", [
    "this is ridiculous", "WHERE IS MY MONEY?!", "you stupid damn bot", "it STILL does not work, I am fed up",
    "nobody answers my mails", "I asked this three times already!!", "what a joke", "shit service, I am annoyed",
])  # fmt: skip
def test_two_cues_or_strong_words_are(text: str) -> None:
    assert heat(text) >= HEATED


def test_swearing_is_noticed_in_english(eval_dir: Path) -> None:
    words = (eval_dir / "profanity_ldnoobw" / "en").read_text(encoding="utf-8").splitlines()
    plain = {word for word in words if word.isalpha()}
    known = {"shit", "fuck", "fucking", "bitch", "cunt", "asshole", "bastard", "bullshit", "dick", "twat"}
    assert known <= plain
    assert {word for word in known if not heat_cues(f"you {word}")} == set()


@pytest.mark.parametrize(("one", "other"), [
    ("how long does delivery take", "How long does the delivery take?"),
    ("Where is it?", "where is it"),
    ("can I return worn boots?", "so can I return my worn boots again??"),
    ("do you ship to Norway", "DO YOU SHIP TO NORWAY"),
])  # fmt: skip
def test_the_same_question_in_nearly_the_same_words(one: str, other: str) -> None:
    assert same_question(one, other)
    assert same_question(other, one)


@pytest.mark.parametrize(("one", "other"), [
    ("thanks", "thanks"),
    ("hello", "hello"),
    ("yes", "yes"),
    ("Anna Berg", "anna@example.org"),
    ("how do I return boots", "how do I return a tent"),
    ("what does delivery to Norway cost", "what does delivery to Sweden cost"),
    ("", ""),
    ("?", "?"),
    ("order FH-204817", "order FH-118203"),
])  # fmt: skip
def test_other_questions_and_no_questions(one: str, other: str) -> None:
    assert not same_question(one, other)


@given(st.text(), st.text())
def test_any_text_can_be_compared_and_felt(one: str, other: str) -> None:
    assert same_question(one, other) == same_question(other, one)
    assert heat(one) >= 0
    assert isinstance(asks_for_person(one), bool)


@pytest.mark.parametrize(
    "text", ["Thanks Mara, bye", "ok thank you", "great", "As you said, it came today", "Mara?"]
)
def test_words_for_the_colleague_who_was_there(text: str) -> None:
    assert meant_for("Mara Lindqvist", text)


@pytest.mark.parametrize("text", ["And the poles?", "Where is my parcel?", "My order FH-204817 never came"])
def test_a_question_is_for_whoever_can_answer_it(text: str) -> None:
    assert not meant_for("Mara Lindqvist", text)


@pytest.mark.parametrize("text", [
    "Wie hell ist die Lampe?", "Wie dick ist die Isomatte?", "What is the worst weather this tent can take?",
    "Worst case, when does my parcel arrive?", "Is this e-mail from you a scam?", "Can I rip off the label?",
    "This tent is damn nice, how do I pitch it?", "I had enough room in the old tent, is the new one bigger?",
    "Where do I report a scam shop?", "I never again want wet feet, which boots?", "Ik kom uit Kut",
    "Does the light come on by itself???", "How do I screw this into the frame?", "My lamp doesn't work!!",
    "How do I complain about a damaged parcel??!",
])  # fmt: skip
def test_words_that_only_look_like_heat(text: str) -> None:
    assert heat(text) < HEATED
    assert summarise([Spoken(1, "customer", "message", text)]).tone != "angry"


@pytest.mark.parametrize("text", [
    "this is the worst shop ever", "worst customer service", "what a scam", "you scammers", "I've had enough!",
    "I have had enough of this", "never again!", "this is a total rip-off",
])  # fmt: skip
def test_the_same_words_said_about_us_are(text: str) -> None:
    assert heat(text) >= HEATED
    assert summarise([Spoken(1, "customer", "message", text)]).tone == "angry"


@pytest.mark.parametrize(("one", "other"), [
    ("Do the boots in size 42 fit a wide foot?", "Do the boots in size 43 fit a wide foot?"),
    ("Where is my parcel?", "Where is my parcel FH-204817?"),
    ("Is the Ridge jacket waterproof?", "Is the Ridge jacket not waterproof?"),
    ("the pole arrived broken", "the pole never arrived broken"),
    ("Anna Berg Lindqvist", "Anna Berg Lindqvist"),
    ("nora at example", "nora at example"),
])  # fmt: skip
def test_other_numbers_a_not_and_mere_names_are_not_the_same_question(one: str, other: str) -> None:
    assert not same_question(one, other)
    assert not same_question(other, one)


@pytest.mark.parametrize(("one", "other"), [
    ("Where is my parcel FH-204817?", "THIS IS RIDICULOUS, where is my parcel FH-204817?"),
    ("my tent pole is broken", "my damn tent pole is broken!!"),
])  # fmt: skip
def test_heat_makes_no_other_question(one: str, other: str) -> None:
    assert same_question(one, other)
