from datetime import UTC, datetime, timedelta

import pytest

from handoff import accounts
from handoff.accounts import Changes
from handoff.adapters.store_sql import SqlStore
from handoff.errors import BadInput, NotFound
from tests.handoff.fakes import House, ScriptedBot


def hash_password(password: str) -> str:
    return f"hash of {password}"


async def add(store: SqlStore, **changed: object) -> bool:
    values = {
        "email": "Ida@Fernhill.example", "name": "Ida", "about": "Knows stoves", "roles": ("agent",),
        "password": "long enough",
    }  # fmt: skip
    return await accounts.add(store, hash_password, **(values | changed))  # type: ignore[arg-type]


async def test_an_account_is_found_by_its_address_however_it_is_written(store: SqlStore) -> None:
    assert await add(store, max_chats=2)
    agent = await store.read(lambda tx: tx.agent_by_email("iDA@fernhill.EXAMPLE"))
    assert agent
    assert (agent.name, agent.max_chats, agent.roles, agent.available) == ("Ida", 2, ("agent",), True)
    assert agent.password_hash == "hash of long enough"


async def test_the_same_address_is_one_account(store: SqlStore) -> None:
    assert await add(store)
    assert not await add(store, email="ida@fernhill.example", name="Another Ida")
    assert [agent.name for agent in await store.read(lambda tx: tx.agents())] == ["Ida"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "short"},
        {"roles": ()},
        {"roles": ("agent", "admin")},
        {"roles": ("Agent",)},
        {"roles": ("supervisor",)},
        {"max_chats": 0},
    ],
)
async def test_what_cannot_be_is_refused(store: SqlStore, wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        await add(store, **wrong)
    assert await store.read(lambda tx: tx.agents()) == []


async def test_the_staff_of_the_demo_is_added_once(store: SqlStore) -> None:
    assert await accounts.add_demo(store, hash_password) == 3
    assert await accounts.add_demo(store, hash_password) == 0
    staff = {agent.name: agent.roles for agent in await store.read(lambda tx: tx.agents())}
    assert staff == {
        "Mara Lindqvist": ("agent", "editor"), "Tomas Okafor": ("agent",), "Edith Bauer": ("editor",),
    }  # fmt: skip


async def test_only_the_missing_staff_is_added(store: SqlStore) -> None:
    await add(store, email="mara@fernhill.example", name="Another Mara")
    assert await accounts.add_demo(store, hash_password) == 2
    assert "Another Mara" in {agent.name for agent in await store.read(lambda tx: tx.agents())}


async def test_skills_are_compared_in_small_letters_and_once(store: SqlStore) -> None:
    await add(store, skills=("Tents", " tents ", "Payments"), languages=("DE",))
    agent = (await accounts.listed(store))[0]
    assert (agent.skills, agent.languages) == (("tents", "payments"), ("de",))


async def test_what_is_not_named_stays(store: SqlStore) -> None:
    await add(store, skills=("tents",))
    changed = await accounts.change(
        store, "IDA@fernhill.example", Changes(roles=("agent", "supervisor"), max_chats=7)
    )
    assert (changed.name, changed.skills, changed.max_chats) == ("Ida", ("tents",), 7)
    assert changed.supervisor
    assert (await accounts.change(store, changed.email, Changes(skills=()))).skills == ()
    with pytest.raises(NotFound, match="has no account"):
        await accounts.change(store, "nobody@fernhill.example", Changes(name="X"))


async def test_the_limit_is_not_set_below_what_somebody_has(store: SqlStore) -> None:
    house = House(store, ScriptedBot())
    mara = await house.add_agent("Mara")
    for _ in range(2):
        await house.claimed_chat(mara)
    with pytest.raises(BadInput, match="has 2 conversations now"):
        await accounts.change(store, "mara@fernhill.example", Changes(max_chats=1))


async def test_another_password_ends_every_session(store: SqlStore) -> None:
    await add(store)
    agent = (await accounts.listed(store))[0]
    until = datetime.now(UTC) + timedelta(hours=1)
    await store.write(lambda tx: tx.add_session("t", agent.id, until))
    await accounts.change_password(store, hash_password, agent.email, "another one")
    assert await store.read(lambda tx: tx.session_agent("t")) is None
    assert (await accounts.listed(store))[0].password_hash == "hash of another one"
    with pytest.raises(BadInput):
        await accounts.change_password(store, hash_password, agent.email, "short")


async def test_who_is_removed_is_nobodys_colleague_and_keeps_their_name(store: SqlStore) -> None:
    house = House(store, ScriptedBot())
    mara, tomas = await house.add_agent("Mara"), await house.add_agent("Tomas")
    chat, _ = await house.claimed_chat(mara)
    await store.write(lambda tx: tx.add_session("t", mara, datetime.now(UTC) + timedelta(hours=1)))
    await accounts.remove(store, "mara@fernhill.example")
    assert await store.read(lambda tx: tx.session_agent("t")) is None
    queue = await house.views.queue(tomas)
    assert [one.card.name for one in queue.colleagues] == ["Tomas"]
    assert queue.rows[0].agent
    assert queue.rows[0].agent.name == "Mara"
    assert [one.name for one in await accounts.listed(store)] == ["Tomas"]
    with pytest.raises(NotFound):
        await accounts.remove(store, "mara@fernhill.example")
    await house.queue.requeue_of({mara})
    assert (await house.handoff(chat)).state == "waiting"
    assert await add(store, email="mara@fernhill.example", name="Mara Again")
    again = next(one for one in await accounts.listed(store) if one.name == "Mara Again")
    assert again.id == mara


@pytest.mark.parametrize("email", ["", "mara", "@fernhill.example", "mara@", "mara @fernhill.example"])
async def test_what_is_no_address_gets_no_account(store: SqlStore, email: str) -> None:
    with pytest.raises(BadInput, match="@"):
        await add(store, email=email)


async def test_a_language_is_a_code_and_no_name(store: SqlStore) -> None:
    await add(store)
    email = (await accounts.listed(store))[0].email
    with pytest.raises(BadInput, match="such as de"):
        await accounts.change(store, email, Changes(languages=("klingon",)))
    assert (await accounts.change(store, email, Changes(languages=("DE",)))).languages == ("de",)
