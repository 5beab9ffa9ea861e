import pytest

from handoff.errors import CmidReused
from handoff.log import CUSTOMER, SYSTEM, Receipt, agent_author, card, known
from handoff.ports import AgentRecord, Author, Transaction
from tests.handoff.fakes import House

MARA = AgentRecord("a1", "mara@fernhill.example", "Mara", "Knows tents", ("agent",), 4, 0, True, "hash")


def test_cmids_are_unique_for_an_agent_and_not_for_all_agents() -> None:
    assert agent_author(MARA).key == "agent:a1"
    assert (CUSTOMER.key, SYSTEM.key) == ("customer", "system")


def test_a_card_shows_a_person_and_no_account() -> None:
    assert card(MARA).model_dump() == {"id": "a1", "name": "Mara", "about": "Knows tents"}


async def test_a_cmid_is_known_by_author_kind_and_body(house: House) -> None:
    seat = await house.seat()
    key, mara = seat.conversation_id, agent_author(MARA)

    def change(tx: Transaction) -> None:
        assert known(tx, key, CUSTOMER, "message", {"text": "Hi"}, "c1") is None
        seq = tx.append(key, CUSTOMER, "message", {"text": "Hi"}, "c1")
        assert known(tx, key, CUSTOMER, "message", {"text": "Hi"}, "c1") == Receipt(key, seq, dup=True)
        assert known(tx, key, CUSTOMER, "message", None, "c1") == Receipt(key, seq, dup=True)
        assert known(tx, key, mara, "message", {"text": "Hi"}, "c1") is None
        assert known(tx, "elsewhere", CUSTOMER, "message", {"text": "Hi"}, "c1") is None
        for kind, body in (("message", {"text": "Ho"}), ("note", {"text": "Hi"}), ("note", None)):
            with pytest.raises(CmidReused):
                known(tx, key, CUSTOMER, kind, body, "c1")

    await house.store.write(change)


async def test_a_body_is_compared_as_json_keeps_it(house: House) -> None:
    seat = await house.seat()
    body = {"text": "Grüße 🏕️ \u2028\x00", "list": [1, 2.5, None], "deep": {"a": True}}
    author = Author("bot", "Fern")
    await house.store.write(lambda tx: tx.append(seat.conversation_id, author, "message", body, "b1"))
    found = await house.store.read(lambda tx: known(tx, seat.conversation_id, author, "message", body, "b1"))
    assert found
    assert found.dup
