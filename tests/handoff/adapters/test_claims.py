"""F22, F23: of all who want the same conversation, one gets it, and nobody gets more than they take.

Real processes, a hundred thousand attempts on both databases together. `--claim-chats 20000` makes it a million on each.
"""

from collections import Counter
from collections.abc import Sequence

import pytest

from handoff.adapters.store_sql import SqlStore
from handoff.ports import Transaction
from tests.handoff.adapters.claiming import AGENTS, Tally, go_claiming, prepare
from tests.handoff.adapters.processes import Crew

pytestmark = pytest.mark.slow
PROCESSES = 4
SEED = 20_261_122
MOST_SECONDS_EACH = 0.1
"""For one attempt, on a machine that has much other work; ten times what it takes alone."""


def contend(url: str, chats: int, way: str) -> list[Tally]:
    """Every agent goes after every conversation; what each process saw."""
    shares = [list(range(first, AGENTS, PROCESSES)) for first in range(PROCESSES)]
    crew = Crew(go_claiming, [(url, share, chats, way, SEED) for share in shares])
    return crew.results(60 + chats * AGENTS * MOST_SECONDS_EACH)


def doubles(tallies: Sequence[Tally]) -> int:
    """How many claims went well beyond the first of each conversation."""
    winners = Counter(chat for tally in tallies for chat, _ in tally.taken)
    return sum(count - 1 for count in winners.values())


def report(way: str, url: str, tallies: Sequence[Tally]) -> str:
    attempts, found = sum(tally.attempts for tally in tallies), doubles(tallies)
    bound = f"below {3 / attempts:.1e} with 95 % confidence" if not found else f"{found / attempts:.1e}"
    seconds = max(tally.seconds for tally in tallies)
    line = (
        f"{url.partition(':')[0]}, {way}: {attempts:,} attempts in {seconds:.0f} s from {PROCESSES} processes,"
        f" {sum(len(tally.taken) for tally in tallies):,} taken, {sum(tally.full for tally in tallies):,} refused for want"
        f" of room, {found} doubles: {bound}"
    )
    print(line)  # noqa: T201 - n belongs beside every zero
    return line


async def all_is_well(store: SqlStore, chats: int, room: int, tallies: Sequence[Tally]) -> None:
    """What the database has is what the agents were told, and every rule held."""
    told = dict(pair for tally in tallies for pair in tally.taken)

    def look(tx: Transaction) -> None:
        active = {int(one.conversation_id[1:]): one.agent_id for one in tx.active()}
        assert active == told
        assert len(tx.waiting()) == chats - len(told)
        held = Counter(told.values())
        for agent in tx.agents():
            assert agent.active_chats == held[agent.id] <= room
        for chat, agent_id in told.items():
            ownership = tx.conversation(f"c{chat}").ownership
            assert (ownership.owner, ownership.agent_id, ownership.fence) == ("agent", agent_id, 2)
            log = tx.events(f"c{chat}", 0, 10)
            assert [(event.seq, event.author.agent_id) for event in log] == [(1, agent_id)]

    await store.read(look)


async def test_a_conversation_that_many_want_goes_to_one(
    any_store: SqlStore, any_url: str, request: pytest.FixtureRequest
) -> None:
    chats = int(request.config.getoption("--claim-chats"))
    room = chats // AGENTS + 2  # just enough for all, so that many are full at the end
    await prepare(any_store, chats, room)
    tallies = contend(any_url, chats, "soundly")
    report("claimed", any_url, tallies)
    assert sum(tally.attempts for tally in tallies) == chats * AGENTS
    assert doubles(tallies) == 0
    assert sum(len(tally.taken) for tally in tallies) == chats
    await all_is_well(any_store, chats, room, tallies)


async def test_the_same_check_catches_who_looks_first_and_takes_then(
    any_store: SqlStore, any_url: str
) -> None:
    chats = 200
    await prepare(any_store, chats, chats)
    tallies = contend(any_url, chats, "naively")
    report("looked, then taken", any_url, tallies)
    assert doubles(tallies) > 0


async def test_the_same_through_all_rules_of_the_queue(any_store: SqlStore, any_url: str) -> None:
    """With every check that a click in the console passes; and no agent has room for what all together have."""
    chats, room = 25, 1
    await prepare(any_store, chats, room)
    tallies = contend(any_url, chats, "by_the_rules")
    report("claimed by all rules", any_url, tallies)
    assert doubles(tallies) == 0
    assert sum(len(tally.taken) for tally in tallies) == chats
    await all_is_well(any_store, chats, room, tallies)
