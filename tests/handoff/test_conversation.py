import dataclasses
import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff import conversation
from handoff.conversation import TRANSITIONS, Move, Owner, Ownership
from handoff.errors import IllegalMove, StaleFence

ROWS = [(owner, move, after) for owner, moves in TRANSITIONS.items() for move, after in moves.items()]
TAKES = (Move.CLAIM, Move.HAND_ON)
MISSING = [(o, m) for o, m in itertools.product(Owner, Move) if m not in TRANSITIONS[o]]


def held_by(owner: Owner, fence: int = 7) -> Ownership:
    return Ownership(owner, fence, "mara" if owner is Owner.AGENT else None)


@pytest.mark.parametrize(("owner", "move", "expected"), ROWS)
def test_every_move_of_the_table_changes_owner_and_raises_the_fence(
    owner: Owner, move: Move, expected: Owner
) -> None:
    agent_id = "tomas" if expected is Owner.AGENT else None
    assert held_by(owner).after(move, agent_id) == Ownership(expected, 8, agent_id)


@pytest.mark.parametrize(("owner", "move"), MISSING)
def test_a_move_that_is_not_in_the_table_raises_and_changes_nothing(owner: Owner, move: Move) -> None:
    before = held_by(owner)
    kept = dataclasses.replace(before)
    with pytest.raises(IllegalMove) as refused:
        before.after(move, "tomas" if move in TAKES else None)
    assert before == kept
    assert move.replace("_", " ") in refused.value.message


def test_the_table_and_its_gaps_are_all_pairs() -> None:
    assert len(ROWS) + len(MISSING) == len(Owner) * len(Move)
    assert set(TRANSITIONS) == set(Owner)


def test_every_owner_is_reached_and_left() -> None:
    assert {after for _, _, after in ROWS} == set(Owner)
    assert all(TRANSITIONS[owner] for owner in Owner)


def test_every_move_is_used() -> None:
    assert {move for _, move, _ in ROWS} == set(Move)


def test_a_conversation_begins_with_the_bot() -> None:
    assert Ownership() == Ownership(Owner.BOT, 0, None)


@given(st.lists(st.sampled_from(list(Move)), max_size=40))
def test_fences_only_rise_and_only_with_a_change_of_owner(moves: list[Move]) -> None:
    now = Ownership()
    for move in moves:
        try:
            following = now.after(move, "mara" if move in TAKES else None)
        except IllegalMove:
            continue
        assert following.fence == now.fence + 1
        assert following.owner is not now.owner
        now = following


def test_the_drawing_names_exactly_the_moves_and_owners_of_the_table() -> None:
    assert conversation.__doc__ is not None
    drawing = conversation.__doc__.split("not know what a socket, a database or a bot is.")[1].split(
        "`fence`"
    )[0]
    words = set(re.findall(r"[a-z_]+", drawing)) - {"from"}
    assert words == {move.value for move in Move} | {owner.value for owner in Owner}


@pytest.mark.parametrize("owner", [Owner.BOT, Owner.QUEUE, Owner.CLOSED])
def test_only_an_agent_has_an_agent(owner: Owner) -> None:
    with pytest.raises(ValueError, match="agent_id"):
        Ownership(owner, 1, "mara")


def test_an_agent_without_a_name_is_nobody() -> None:
    with pytest.raises(ValueError, match="agent_id"):
        Ownership(Owner.AGENT, 1, None)
    with pytest.raises(ValueError, match="agent_id"):
        held_by(Owner.QUEUE).after(Move.CLAIM)


@pytest.mark.parametrize(
    ("now", "fence", "fine"),
    [
        (held_by(Owner.BOT), 7, True),
        (held_by(Owner.BOT), 6, False),
        (held_by(Owner.BOT), 8, False),
        (held_by(Owner.QUEUE), 7, False),
        (held_by(Owner.AGENT), 7, False),
        (held_by(Owner.CLOSED), 7, False),
    ],
)
def test_the_bot_writes_only_under_its_own_fence(now: Ownership, fence: int, fine: bool) -> None:
    if fine:
        now.check_bot(fence)
    else:
        with pytest.raises(StaleFence):
            now.check_bot(fence)


@pytest.mark.parametrize(
    ("now", "agent_id", "fence", "fine"),
    [
        (held_by(Owner.AGENT), "mara", 7, True),
        (held_by(Owner.AGENT), "mara", 6, False),
        (held_by(Owner.AGENT), "mara", 8, False),
        (held_by(Owner.AGENT), "tomas", 7, False),
        (held_by(Owner.QUEUE), "mara", 7, False),
        (held_by(Owner.BOT), "mara", 7, False),
        (held_by(Owner.CLOSED), "mara", 7, False),
    ],
)
def test_an_agent_writes_only_under_their_own_fence(
    now: Ownership, agent_id: str, fence: int, fine: bool
) -> None:
    if fine:
        now.check_agent(agent_id, fence)
    else:
        with pytest.raises(StaleFence):
            now.check_agent(agent_id, fence)
