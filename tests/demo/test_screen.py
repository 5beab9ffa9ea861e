import io

import pytest
from rich.console import Console

from handoff.demo.screen import Screen


def shown(*, terminal: bool) -> tuple[Screen, io.StringIO]:
    page = io.StringIO()
    return Screen(Console(file=page, force_terminal=terminal, width=100, highlight=False)), page


def test_in_a_file_a_step_is_two_plain_lines() -> None:
    screen, page = shown(terminal=False)
    with screen:
        screen.plan(2)
        with screen.step("Training the assistant"):
            screen.detail("[epoch 1]")
        screen.passed()
    assert page.getvalue() == "Training the assistant …\n✓ Training the assistant (0 s)\n"


def test_on_a_terminal_the_latest_line_is_shown_as_it_is() -> None:
    screen, page = shown(terminal=True)
    with screen:
        screen.plan(1)
        with screen.step("Training the assistant"):
            screen.detail("[bold]epoch 1")
            screen._progress.refresh()
    assert "[bold]epoch 1" in page.getvalue()
    assert "✓ Training the assistant" in page.getvalue()


def test_a_step_that_fails_is_marked() -> None:
    screen, page = shown(terminal=False)
    with pytest.raises(RuntimeError), screen, screen.step("Packages"):
        raise RuntimeError
    assert page.getvalue().endswith("✗ Packages\n")


def test_brackets_in_what_is_said_are_not_markup() -> None:
    screen, page = shown(terminal=False)
    screen.say("The gateway ended. (gateway.log: [red]KeyError[/red])")
    assert "[red]KeyError[/red]" in page.getvalue()
