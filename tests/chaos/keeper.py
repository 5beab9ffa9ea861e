"""Starts the processes of a run and outlives none of them: when its own starter is gone, so are all of them.

    python -m tests.chaos.keeper [--warm]

Reads one JSON object per line and answers each with one. `start` runs `python -m …`; with `fork` it is not started anew but
forked from here, where everything is imported already: the same code in a fifth of the time.
"""

import contextlib
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import traceback
from typing import Any

Json = dict[str, Any]


def main() -> None:
    if "--warm" in sys.argv:
        for module in (
            "handoff.app.main",
            "knowledge_base.encoder",
            "uvicorn",
            "uvloop",
            "httptools",
            "tests.chaos.light_gateway",
        ):
            importlib.import_module(module)
    children: set[int] = set()
    try:
        for line in sys.stdin:
            answer = _do(json.loads(line), children)
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
    except KeyboardInterrupt:
        pass
    finally:
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _do(request: Json, children: set[int]) -> Json:
    match request["do"]:
        case "start":
            pid = _fork(request) if request["fork"] else _spawn(request)
            children.add(pid)
            return {"pid": pid}
        case "signal":
            alive = _alive(request["pid"], children)
            if alive:
                os.kill(request["pid"], request["signal"])
            return {"alive": alive}
        case "alive":
            return {"alive": _alive(request["pid"], children)}
    raise ValueError(request["do"])


def _alive(pid: int, children: set[int]) -> bool:
    """Whether it still runs; one that has ended is forgotten, because its number may be given again."""
    if pid not in children:
        return False
    ended, _status = os.waitpid(pid, os.WNOHANG)
    if ended:
        children.discard(pid)
    return not ended


def _spawn(request: Json) -> int:
    with open(request["log"], "ab") as log:  # noqa: PTH123 - a plain path from a line of JSON
        return subprocess.Popen(
            [sys.executable, "-m", *request["arguments"]], env=request["env"], cwd=request["folder"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0,
        ).pid  # fmt: skip


def _fork(request: Json) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        null = os.open(os.devnull, os.O_RDONLY)
        for from_, to in ((null, 0), (log, 1), (log, 2)):
            os.dup2(from_, to)
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["folder"])
        module, *arguments = request["arguments"]
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
    except BaseException:  # noqa: BLE001 - the last thing that this process says
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
