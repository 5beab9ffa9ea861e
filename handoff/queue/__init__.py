"""The queue and what agents do in it, each kind of change in a module of its own."""

from handoff.queue.operations import Queue, Rules
from handoff.waiting import Waits, present

__all__ = ["Queue", "Rules", "Waits", "present"]
