import pytest

from handoff import accounts
from handoff.adapters.store_sql import SqlStore
from handoff.errors import BadInput


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
    "wrong", [{"password": "short"}, {"roles": ()}, {"roles": ("agent", "admin")}, {"roles": ("Agent",)}]
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
