"""Becomes the command it is given, after asking the kernel to end that command when the supervisor is gone.

Run as a file of its own, so that no Python code has to run between fork and exec in the supervisor. On Linux
a supervisor that was killed outright (`kill -9`) then leaves nothing behind; elsewhere the kernel has no such
promise and this only runs the command.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """`tether.py <supervisor's pid> <program> <arguments …>`"""
    supervisor, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(supervisor):  # it died before we asked
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - the supervisor's own command


if __name__ == "__main__":
    main()
