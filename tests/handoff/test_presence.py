from handoff.presence import FORGET_SECONDS, RELOAD_GRACE_SECONDS, Board
from tests.handoff.fakes import Clock


def test_nobody_is_there_at_first() -> None:
    assert Board(Clock()).online() == set()


def test_who_has_a_socket_is_online_however_long() -> None:
    clock = Clock()
    board = Board(clock)
    board.enter("mara")
    clock.passes(100_000)
    assert board.online() == {"mara"}
    assert board.gone(["mara"], 120) == set()


def test_two_tabs_are_one_person_until_both_are_closed() -> None:
    clock = Clock()
    board = Board(clock)
    board.enter("mara")
    board.enter("mara")
    board.leave("mara")
    clock.passes(500)
    assert board.online() == {"mara"}
    board.leave("mara")
    clock.passes(RELOAD_GRACE_SECONDS)
    assert board.online() == set()


def test_a_reload_is_not_leaving() -> None:
    clock = Clock()
    board = Board(clock)
    board.enter("mara")
    board.leave("mara")
    clock.passes(RELOAD_GRACE_SECONDS - 0.01)
    assert board.online() == {"mara"}
    board.enter("mara")
    clock.passes(RELOAD_GRACE_SECONDS)
    assert board.online() == {"mara"}


def test_gone_is_counted_from_the_last_socket() -> None:
    clock = Clock()
    board = Board(clock)
    board.enter("mara")
    clock.passes(1_000)
    board.leave("mara")
    clock.passes(119.9)
    assert board.gone(["mara"], 120) == set()
    clock.passes(0.1)
    assert board.gone(["mara"], 120) == {"mara"}
    board.enter("mara")
    assert board.gone(["mara"], 120) == set()


def test_a_fresh_process_gives_everybody_a_fresh_lease() -> None:
    clock = Clock()
    board = Board(clock)
    clock.passes(119)
    assert board.gone(["never-seen"], 120) == set()
    clock.passes(1)
    assert board.gone(["never-seen"], 120) == {"never-seen"}


def test_only_those_who_are_asked_about_are_told() -> None:
    clock = Clock()
    board = Board(clock)
    clock.passes(500)
    board.enter("here")
    assert board.gone(["a", "here"], 120) == {"a"}
    assert board.gone([], 120) == set()


def test_leaving_twice_counts_once() -> None:
    clock = Clock()
    board = Board(clock)
    board.leave("mara")
    board.enter("mara")
    assert board.online() == {"mara"}
    clock.passes(500)
    assert board.online() == {"mara"}


def test_visitors_of_long_ago_are_forgotten() -> None:
    clock = Clock()
    board = Board(clock)
    for n in range(1_000):
        board.enter(f"visitor {n}")
        board.leave(f"visitor {n}")
    clock.passes(FORGET_SECONDS + 1)
    board.enter("late")
    board.leave("late")
    assert set(board._left_at) == {"late"}
    assert board.gone(["visitor 1"], 120) == {"visitor 1"}
