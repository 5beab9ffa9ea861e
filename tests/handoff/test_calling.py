"""Sentences that ask for a person, and sentences that only speak of people: all our own."""

import pytest

from handoff.calling import asks_for_person, declines_person

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
Are you a bot? I want to talk to a real person.
Is this a robot? Let me talk to a human please
I spoke to your colleague yesterday. Please connect me with a person.
The courier never called me. Please put me through to a person.
I have a two-person tent that leaks, I want to speak to someone
Don't call me, I want to chat with a person
I talked to a bot before, now transfer me to a human
They called me twice, get me a manager
I bought this for someone, and it is broken. I need a human.
How many people work here? Give me an agent
Do you have anyone? I want a person
they never rang but I need a representative
I want a damn agent
I need help from a person
Ich möchte mit einem Menschen sprechen
Kann ich bitte mit einem Mitarbeiter sprechen?
ich will mit jemandem vom Kundenservice reden
Verbinden Sie mich bitte mit einem Mitarbeiter
Hallo, ich brauche einen Menschen bitte
Nicht mit einem Bot, ich möchte mit einem echten Menschen chatten
Ik wil een medewerker spreken
kan ik iemand spreken?
kan ik met een mens praten
Ik wil graag praten met een medewerker
Je voudrais parler à un conseiller
Puis-je parler avec une vraie personne ?
je veux parler a un humain
Mon colis est perdu. Je veux parler à quelqu'un !
Quiero hablar con una persona
¿Puedo hablar con un agente?
necesito hablar con un operador
Vorrei parlare con un operatore
posso parlare con una persona vera?
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
I need a jacket that someone recommended
I want to return a gift somebody gave me
I need to return a jacket someone bought for me
My phone was stolen by someone, how do I change my password
I need to know whether someone must be home for delivery
Is this repellent safe for humans and dogs?
Is this repellent safe for humans?
I want to give my colleague a voucher
I want to know when the manager is in
How do I contact the seller of this person's tent
Can I get a phone case for this lamp? My boss wants one
I get an error when somebody opens my link
do you sell phone support brackets
I want the tent my boss has
I never received a call back from DHL
I prefer the boots a person can resole
Which whistle do I need to contact anyone in an emergency?
I want a tent a person can stand in
I need a rope to connect me to the anchor
not a robot vacuum
Does this satellite phone let a person call for help?
I don't want the machine washable one
I got an email from someone from support yesterday
Please ring me up two tents
thank you
no
?
Ich möchte nicht mit einem Menschen sprechen
Muss ich mit einem Mitarbeiter sprechen?
Ich habe gestern mit einem Mitarbeiter gesprochen
Ein Zelt mit einer Person, die schnarcht
Ist das Zelt für einen Menschen?
Ik heb gisteren een medewerker gesproken
Ik wil niet met een medewerker praten
Een tent voor een persoon
J'ai parlé à un conseiller hier
Je ne veux pas parler à un conseiller
Une tente pour une personne
je ne veux parler à personne
He hablado con un agente ayer
No quiero hablar con una persona
una tienda para una persona
Ho parlato con un operatore ieri
Non voglio parlare con un operatore
una tenda per una persona
""".strip().splitlines()


@pytest.mark.parametrize("text", [*ASKS, "speak    to\n a   human"])
def test_this_asks_for_a_person(text: str) -> None:
    assert asks_for_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "I don't want a person",
        "I never want to speak to a human",
        "I don't want to talk to a person, just tell me the warranty on tents",
        "please dont connect me to an agent, where is my parcel?",
        "no need to speak to an agent",
    ],
)
def test_this_declines_a_person(text: str) -> None:
    assert declines_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "I want to talk to a person",
        "I don't want to talk to a bot",
        "Don't call me, I want to chat with a person",
        "don't connect me to that bot again",
        "I don't want an agent but your manager",
        "you never connect me to an agent",
        "they don't call me",
        "Where is my parcel?",
        "is there possibly one of you around",
    ],
)
def test_this_does_not_decline(text: str) -> None:
    assert not declines_person(text)


@pytest.mark.parametrize("text", DOES_NOT_ASK)
def test_this_does_not(text: str) -> None:
    assert not asks_for_person(text)


def test_there_are_enough_sentences_of_both_kinds() -> None:
    assert len(set(ASKS)) >= 50
    assert len(set(DOES_NOT_ASK)) >= 50


@pytest.mark.parametrize("text", ["", " ", "\x00", "\u200b", "𝓗", "a" * 4_000, "\n\t " * 900])
def test_odd_texts_ask_for_nobody(text: str) -> None:
    assert not asks_for_person(text)
