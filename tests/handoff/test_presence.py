"""Who is connected, as several gateways tell the store."""

from handoff.adapters.presence_sql import FORGET_SECONDS, RELOAD_SECONDS
from handoff.adapters.store_sql import SqlStore
from handoff.ports import SEEN_SECONDS
from handoff.presence import RENEW_SECONDS, Attendance, Board
from tests.handoff.fakes import Clock, House


class Gateway:
    """One of several on one store, by one clock."""

    def __init__(self, store: SqlStore, clock: Clock) -> None:
        self.store, self.clock = store, clock
        store.lease_clock = clock
        self.agents, self.customers = Board(), Board()
        self.attendance = Attendance(store, self.agents, self.customers, clock)

    async def online(self, role: str = "agent") -> set[str]:
        return await self.store.read(lambda tx: tx.online(role))

    async def gone(self, *agents: str, seconds: float = 120) -> set[str]:
        return await self.store.read(lambda tx: self.attendance.gone(tx, agents, seconds))

    async def comes(self, agent: str) -> None:
        self.agents.enter(agent)
        await self.attendance.note()

    async def goes(self, agent: str) -> None:
        self.agents.leave(agent)
        await self.attendance.note()

    async def runs(self, seconds: float) -> None:
        """Time passes, and the gateway notes who is there as its housekeeping does."""
        for _ in range(round(seconds)):
            self.clock.passes(1)
            await self.attendance.note()


async def test_nobody_is_there_at_first(any_store: SqlStore) -> None:
    assert await Gateway(any_store, Clock()).online() == set()


async def test_who_has_a_socket_is_online_however_long(any_store: SqlStore) -> None:
    gateway = Gateway(any_store, Clock())
    await gateway.comes("mara")
    await gateway.runs(200)
    assert await gateway.online() == {"mara"}
    assert await gateway.gone("mara") == set()


async def test_two_tabs_are_one_person_until_both_are_closed(any_store: SqlStore) -> None:
    gateway = Gateway(any_store, Clock())
    await gateway.comes("mara")
    await gateway.comes("mara")
    await gateway.goes("mara")
    await gateway.runs(60)
    assert await gateway.online() == {"mara"}
    await gateway.goes("mara")
    await gateway.runs(RELOAD_SECONDS)
    assert await gateway.online() == set()


async def test_a_reload_is_not_leaving(any_store: SqlStore) -> None:
    gateway = Gateway(any_store, Clock())
    await gateway.comes("mara")
    await gateway.goes("mara")
    await gateway.runs(RELOAD_SECONDS - 1)
    assert await gateway.online() == {"mara"}
    await gateway.comes("mara")
    await gateway.runs(RELOAD_SECONDS)
    assert await gateway.online() == {"mara"}


async def test_every_gateway_sees_the_same_people(any_store: SqlStore) -> None:
    clock = Clock()
    one, other = Gateway(any_store, clock), Gateway(any_store, clock)
    await one.comes("mara")
    await other.comes("tomas")
    assert await one.online() == await other.online() == {"mara", "tomas"}
    await one.comes("tomas")
    await other.goes("tomas")
    clock.passes(RELOAD_SECONDS + 1)
    await one.attendance.note()
    assert await other.online() == {"mara", "tomas"}


async def test_a_gateway_that_died_keeps_its_agents_online_until_they_could_come_back(
    any_store: SqlStore,
) -> None:
    clock = Clock()
    dying, other = Gateway(any_store, clock), Gateway(any_store, clock)
    await dying.comes("mara")
    await dying.comes("tomas")
    await other.runs(SEEN_SECONDS - 1)
    assert await other.online() == {"mara", "tomas"}
    await other.comes("mara")
    await other.runs(120)
    assert await other.online() == {"mara"}
    assert await other.gone("mara", "tomas") == {"tomas"}


async def test_gone_is_counted_from_the_last_socket(any_store: SqlStore) -> None:
    gateway = Gateway(any_store, Clock())
    await gateway.comes("mara")
    await gateway.runs(200)
    await gateway.goes("mara")
    await gateway.runs(119)
    assert await gateway.gone("mara") == set()
    await gateway.runs(1)
    assert await gateway.gone("mara") == {"mara"}
    await gateway.comes("mara")
    assert await gateway.gone("mara") == set()


async def test_a_gateway_that_starts_gives_everybody_time_to_come_back(any_store: SqlStore) -> None:
    clock = Clock()
    before = Gateway(any_store, clock)
    await before.comes("mara")
    clock.passes(5_000)
    gateway = Gateway(any_store, clock)
    assert await gateway.gone("mara", "never seen") == set()
    await gateway.runs(119)
    assert await gateway.gone("mara", "never seen") == set()
    await gateway.runs(2)
    assert await gateway.gone("mara", "never seen") == {"mara", "never seen"}


async def test_after_a_time_without_the_database_everybody_has_time_to_come_back(any_store: SqlStore) -> None:
    clock = Clock()
    away, one = Gateway(any_store, clock), Gateway(any_store, clock)
    await away.comes("mara")
    await one.runs(5)
    clock.passes(600)
    await one.attendance.note()
    assert await one.gone("mara") == set()
    await away.attendance.note()
    await one.runs(100)
    assert await one.gone("mara") == set()


async def test_who_is_connected_is_not_gone_however_short_the_time(any_store: SqlStore) -> None:
    gateway = Gateway(any_store, Clock())
    await gateway.comes("mara")
    await gateway.comes("tomas")
    await gateway.goes("tomas")
    await gateway.runs(RENEW_SECONDS / 2)
    assert await gateway.gone("mara", "tomas", seconds=1) == {"tomas"}


async def test_only_those_who_are_asked_about_are_told(any_store: SqlStore) -> None:
    gateway = Gateway(any_store, Clock())
    await gateway.comes("here")
    await gateway.runs(200)
    assert await gateway.gone("a", "here") == {"a"}
    assert await gateway.gone() == set()


async def test_a_quiet_gateway_writes_no_more_often_than_it_must(store: SqlStore) -> None:
    gateway = Gateway(store, Clock())
    await gateway.comes("mara")
    writes = 0
    write = store.write

    async def counted(change: object) -> object:
        nonlocal writes
        writes += 1
        return await write(change)  # type: ignore[arg-type]

    store.write = counted  # type: ignore[method-assign, assignment]
    await gateway.runs(10 * RENEW_SECONDS)
    assert writes == 10


async def test_who_left_long_ago_is_forgotten(any_store: SqlStore) -> None:
    gateway = Gateway(any_store, Clock())
    await gateway.comes("mara")
    await gateway.comes("old")
    await gateway.goes("old")
    gateway.clock.passes(FORGET_SECONDS + 1)
    await gateway.attendance.note()
    assert await gateway.gone("old") == set()  # the gateway was silent for so long itself
    await gateway.runs(120)
    assert await gateway.gone("old", "mara") == {"old"}


async def test_after_a_reboot_the_clock_begins_anew(any_store: SqlStore) -> None:
    before = Gateway(any_store, Clock(1_000_000))
    await before.comes("mara")
    after = Gateway(any_store, Clock(10))
    await after.attendance.note()
    assert await after.online() == set()
    await after.runs(121)
    assert await after.gone("mara") == {"mara"}


async def test_only_customers_with_a_live_handoff_are_told_to_the_store(house: House) -> None:
    await house.add_agent()
    waiting = await house.waiting_chat()
    customer = (await house.store.read(lambda tx: tx.conversation(waiting))).customer_id
    bystander = (await house.seat()).customer_id
    house.customers.enter(customer)
    house.customers.enter(bystander)
    await house.attendance.note()
    assert await house.store.read(lambda tx: tx.online("customer")) == {customer}
