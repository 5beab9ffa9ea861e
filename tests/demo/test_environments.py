import os
import sys
from pathlib import Path

import pytest

from handoff.demo import environments
from handoff.demo.commands import CommandError, Runner
from handoff.demo.environments import NO_PYTHON_310, candidates, fetch_python_310, is_python_310
from handoff.demo.settings import DemoError, Places
from handoff.demo.test_tools import find_browser


def executable(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_the_named_python_comes_first_then_the_path_then_pyenv_newest_first(tmp_path: Path) -> None:
    on_path = executable(tmp_path / "bin" / "python3.10")
    pyenv = tmp_path / "pyenv"
    for version in ("3.10.4", "3.10.13", "3.11.7", "3.10-dev"):
        executable(pyenv / "versions" / version / "bin" / "python")
    found = list(candidates("/opt/py310/bin/python", str(tmp_path / "bin"), [pyenv]))
    versions = [f"{pyenv}/versions/{v}/bin/python" for v in ("3.10.13", "3.10.4", "3.10-dev")]
    assert found == ["/opt/py310/bin/python", str(on_path), *versions]


def test_a_shim_that_does_not_start_is_no_python(tmp_path: Path) -> None:
    shim = executable(
        tmp_path / "python3.10", "#!/bin/sh\necho 'pyenv: python3.10: command not found' >&2\nexit 127\n"
    )
    assert not is_python_310(str(shim))
    assert not is_python_310(str(tmp_path / "nothing"))
    assert is_python_310(sys.executable) == (sys.version_info[:2] == (3, 10))


def test_the_first_python_that_starts_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(tmp_path / "bin" / "python3.10", "#!/bin/sh\nexit 127\n")
    good = executable(tmp_path / "pyenv" / "versions" / "3.10.9" / "bin" / "python", "#!/bin/sh\necho True\n")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.delenv("FRONTDESK_PYTHON310", raising=False)
    # the shebangs above name /bin/sh in full, so the PATH may be this short
    assert environments.find_python_310() == str(good)


def test_no_python_at_all_is_one_sentence(tmp_path: Path) -> None:
    places = Places(tmp_path)
    executable(places.venv / "bin" / "uv", "#!/bin/sh\necho 'dns error'\nexit 2\n")
    run = Runner(tmp_path, dict(os.environ), tmp_path / "log", lambda line: None)
    with pytest.raises(DemoError) as failure:
        fetch_python_310(places, run)
    assert str(failure.value) == NO_PYTHON_310
    assert not isinstance(failure.value, CommandError)


def test_a_fetched_python_is_where_uv_says(tmp_path: Path) -> None:
    places = Places(tmp_path)
    executable(places.venv / "bin" / "uv", "#!/bin/sh\necho /uv/python3.10\n")
    run = Runner(tmp_path, dict(os.environ), tmp_path / "log", lambda line: None)
    assert fetch_python_310(places, run) == "/uv/python3.10"


def test_the_browser_that_was_named_then_the_path_then_playwright(tmp_path: Path) -> None:
    fetched = executable(tmp_path / "browsers" / "chromium-1200" / "chrome-linux64" / "chrome")
    environment = {"PATH": str(tmp_path / "bin"), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers")}
    assert find_browser(environment) == str(fetched)
    on_path = executable(tmp_path / "bin" / "chromium")
    assert find_browser(environment) == str(on_path)
    assert find_browser({**environment, "FRONTDESK_CHROMIUM": "/named"}) == "/named"
