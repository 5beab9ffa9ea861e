import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.customer_card import Cards
from handoff.errors import BadInput, CmidReused, IllegalMove
from handoff.log import LOG_WINDOW
from handoff.packet import build_packet
from handoff.ports import Json
from handoff.protocol import MAX_CARD_LINE, Card, Packet
from tests.handoff.fakes import House, ScriptedBot, answers, says
from tests.handoff.test_packet import SINCE, talk

ALONE: Json = {"want": None, "about": None, "tried": None}


async def card(house: House, conversation_id: str) -> Card | None:
    return (await house.status(conversation_id)).card


async def packet(house: House, conversation_id: str) -> Packet:
    return await house.store.read(
        lambda tx: build_packet(tx, tx.conversation(conversation_id), "asked_for_person", SINCE, None)
    )


async def waiting(house: House, bot: ScriptedBot) -> str:
    """A customer in the queue after an answer that did not help."""
    await house.add_agent()
    key = (await house.seat()).conversation_id
    bot.script = [answers(entities=({"entity": "product", "value": "ridge tent"},))]
    await talk(house, key, "The pole of my Ridge Tent snapped, order FH-204817")
    await house.desk.feedback(key, 2, False, "f1")
    await house.desk.ask_person(key, "p1")
    return key


async def test_who_waits_sees_what_will_be_told(house: House, bot: ScriptedBot) -> None:
    key = await waiting(house, bot)
    assert await card(house, key) == Card(
        want="The pole of my Ridge Tent snapped, order FH-204817",
        about="Order FH-204817 · ridge tent",
        tried="Return an item: this did not help",
        corrected=[],
    )


async def test_who_talks_to_the_bot_has_no_card_until_a_person_is_offered(
    house: House, bot: ScriptedBot
) -> None:
    key = (await house.seat()).conversation_id
    await talk(house, key, "Where is it?")
    assert await card(house, key) is None
    bot.script = [says("I couldn't find that.", wish="unsure")]
    await talk(house, key, "Do you rent out kayaks?")
    shown = await card(house, key)
    assert shown is not None
    assert "I found no answer" in shown.tried
    await house.desk.send(key, "Never mind, where is my tent?", "c9")
    assert await card(house, key) is None


async def test_in_the_form_for_details_the_card_is_there(house: House) -> None:
    key = (await house.seat()).conversation_id
    await house.desk.send(key, "My tent leaks", "c1")
    await house.store.write(lambda tx: tx.update_conversation(key, active_loop="contact_form"))
    shown = await card(house, key)
    assert shown is not None
    assert shown.want == "My tent leaks"


async def test_a_correction_stands_in_the_card_and_in_the_packet_and_the_original_is_kept(
    house: House, bot: ScriptedBot
) -> None:
    key = await waiting(house, bot)
    await house.desk.correct_card(key, ALONE | {"want": "Only a new pole, no return", "tried": ""}, "k1")
    shown = await card(house, key)
    assert shown is not None
    assert (shown.want, shown.tried, shown.corrected) == (
        "Only a new pole, no return",
        "",
        ["want", "tried"],
    )
    assert shown.about.startswith("Order FH-204817")
    told = await packet(house, key)
    assert [(c.part, c.text) for c in told.corrections] == [
        ("want", "Only a new pole, no return"),
        ("tried", ""),
    ]
    assert told.wants[0].text.startswith("The pole of my Ridge Tent")
    event = await house.last(key)
    assert (event.kind, event.author.role, event.body["about"]) == ("correction", "customer", None)


async def test_the_last_correction_of_a_line_holds(house: House, bot: ScriptedBot) -> None:
    key = await waiting(house, bot)
    await house.desk.correct_card(key, ALONE | {"want": "One"}, "k1")
    await house.desk.correct_card(key, ALONE | {"want": "Two", "about": "FH-999999"}, "k2")
    shown = await card(house, key)
    assert shown is not None
    assert (shown.want, shown.about) == ("Two", "FH-999999")


async def test_a_repeated_correction_is_one_event(house: House, bot: ScriptedBot) -> None:
    key = await waiting(house, bot)
    first = await house.desk.correct_card(key, ALONE | {"want": "One"}, "k1")
    again = await house.desk.correct_card(key, ALONE | {"want": "One"}, "k1")
    assert (again.seq, again.dup) == (first.seq, True)
    with pytest.raises(CmidReused):
        await house.desk.correct_card(key, ALONE | {"want": "Two"}, "k1")


async def test_a_correction_changes_neither_owner_nor_place_nor_wait(house: House, bot: ScriptedBot) -> None:
    key = await waiting(house, bot)
    before = await house.status(key)
    ownership = await house.ownership(key)
    await house.desk.correct_card(key, ALONE | {"want": "One"}, "k1")
    assert (await house.status(key)).queue == before.queue
    assert await house.ownership(key) == ownership


async def test_after_somebody_joined_it_may_still_be_corrected(house: House, bot: ScriptedBot) -> None:
    key = await waiting(house, bot)
    await house.queue.claim("mara", key, "q1")
    await house.desk.correct_card(key, ALONE | {"want": "One"}, "k1")
    shown = await card(house, key)
    assert shown is not None
    assert shown.corrected == ["want"]


async def test_once_somebody_joined_only_a_correction_changes_it(house: House, bot: ScriptedBot) -> None:
    key = await waiting(house, bot)
    await house.queue.claim("mara", key, "q1")
    told = await card(house, key)
    assert told is not None
    await house.desk.send(key, "By the way, do you sell kayaks? My mail is kay@example.com", "c8")
    assert await card(house, key) == told
    fresh = await house.store.read(lambda tx: Cards().of(tx, tx.conversation(key)))
    assert fresh == told
    await house.desk.correct_card(key, ALONE | {"tried": "Nothing yet"}, "k1")
    await house.desk.correct_card(key, ALONE | {"want": "A new pole"}, "k2")
    await house.desk.send(key, "Is that clear?", "c9")
    corrected = await card(house, key)
    assert corrected == told.model_copy(
        update={"want": "A new pole", "tried": "Nothing yet", "corrected": ["want", "tried"]}
    )
    assert await house.store.read(lambda tx: Cards().of(tx, tx.conversation(key))) == corrected


async def test_a_correction_is_remembered_however_much_is_said_after_it(
    house: House, bot: ScriptedBot
) -> None:
    key = await waiting(house, bot)
    await house.queue.claim("mara", key, "q1")
    await house.desk.correct_card(key, ALONE | {"want": "A new pole"}, "k1")
    for number in range(LOG_WINDOW + 1):
        await house.desk.send(key, f"Line {number}", f"m{number}")
    shown = await card(house, key)
    assert shown is not None
    assert shown.want == "A new pole"
    assert await house.store.read(lambda tx: Cards().of(tx, tx.conversation(key))) == shown


async def test_a_closed_conversation_takes_no_correction_and_stays_closed(
    house: House, bot: ScriptedBot
) -> None:
    key = await waiting(house, bot)
    await house.desk.close(key, "bye")
    length = len(await house.log(key))
    with pytest.raises(IllegalMove):
        await house.desk.correct_card(key, ALONE | {"want": "One"}, "k1")
    assert len(await house.log(key)) == length
    assert await card(house, key) is None


async def test_a_correction_of_nothing_is_refused(house: House, bot: ScriptedBot) -> None:
    key = await waiting(house, bot)
    with pytest.raises(BadInput):
        await house.desk.correct_card(key, ALONE, "k1")


async def test_after_a_new_beginning_only_the_new_matter_is_told(house: House, bot: ScriptedBot) -> None:
    key = await waiting(house, bot)
    await house.desk.correct_card(key, ALONE | {"want": "One"}, "k1")
    await house.desk.close(key, "bye")
    await talk(house, key, "Which stove burns alcohol?")
    await house.desk.ask_person(key, "p2")
    shown = await card(house, key)
    assert shown is not None
    assert (shown.want, shown.corrected) == ("Which stove burns alcohol?", [])


async def test_no_line_is_longer_than_it_may_be_sent_back(house: House) -> None:
    await house.add_agent()
    key = (await house.seat()).conversation_id
    for n in range(40):
        await house.desk.send(key, f"Where is FH-{200000 + n}, and FH-{300000 + n}, my orders?", f"c{n}")
    await house.desk.ask_person(key, "p1")
    shown = await card(house, key)
    assert shown is not None
    assert len(shown.about) == MAX_CARD_LINE


async def test_a_card_is_made_anew_only_when_the_log_has_grown(house: House, bot: ScriptedBot) -> None:
    key, cards = await waiting(house, bot), Cards()

    async def made() -> Card | None:
        return await house.store.read(lambda tx: cards.of(tx, tx.conversation(key)))

    first = await made()
    assert await made() is first
    await house.desk.correct_card(key, ALONE | {"want": "One"}, "k1")
    assert await made() is not first


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.text(min_size=1, max_size=300).filter(lambda t: "\x00" not in t), max_size=3))
async def test_whatever_is_written_every_quote_is_found_in_the_log(house: House, words: list[str]) -> None:
    await house.add_agent(f"A{house.cmid()}")
    key = (await house.seat()).conversation_id
    for text in words:
        await house.desk.send(key, text, house.cmid())
    log = {event.seq: event.body.get("text", "") for event in await house.log(key)}
    told = await packet(house, key)
    for quote in told.wants:
        assert log[quote.seq][quote.start : quote.end] == quote.text
    assert bool(told.wants) == any(text.strip() for text in words)
