"""A simulated customer: writes, asks for a person now and then, reloads the page, has a second tab open.

Every message carries the customer's canary, so that a word in the wrong conversation is found.
"""

import time
from dataclasses import dataclass
from random import Random

from tests.chaos.history import History
from tests.chaos.participant import Frame, Log, Participant

_THINGS = """
    parcel tent lantern boots invoice stove address jacket strap colour refund voucher pole button zip sleeve courier
    gravel weather campsite morning thursday warehouse receipt buckle thread lining
"""
WORDS = tuple(_THINGS.split())


@dataclass(frozen=True, slots=True)
class Habits:
    """What customers do, and how often. Chances are per message unless they say otherwise."""

    think_seconds: float = 0.5
    """On average, from one message to the next."""
    burst_chance: float = 0.2
    """Of two more messages without a pause."""
    person_chance: float = 0.15
    """Of asking for a person while the bot has the conversation."""
    leave_chance: float = 0.02
    """Of leaving the queue while waiting in it."""
    close_chance: float = 0.005
    reload_chance: float = 0.15
    """Of being reloaded when the link is lost: the log is read anew, the outbox stays."""
    wander_chance: float = 0.02
    """Of cutting the link on one's own, as a phone in a tunnel does."""
    longest_log: int = 200
    """Events; then this person is done, and somebody new sits down in their place."""


class Customer(Participant):
    """`twin`: another tab of the same browser, which takes over this one's identity."""

    def __init__(
        self,
        who: str,
        base: str,
        history: History,
        rng: Random,
        habits: Habits,
        twin: "Customer | None" = None,
    ) -> None:
        super().__init__(who, f"{base.replace('http', 'ws')}/ws/customer", history, rng)
        self.habits = habits
        self.twin = twin
        self.canary: str = twin.canary if twin else f"k{rng.getrandbits(40):010x}"
        self.token: str | None = None
        self.conversation: str | None = None
        self.owner = "bot"
        self.agents_online = 0
        self._shown_status: tuple[str, str | None] | None = None
        self._next_at = 0.0
        self._said = 0

    async def hello(self) -> None:
        if self.twin is not None and self.token is None:
            self.token, self.conversation = self.twin.token, self.twin.conversation
            self.canary = self.twin.canary
            if self.token is None:
                self.drop()  # the first tab is not known yet
                return
        log = self.logs.get(self.conversation or "")
        await self.put(self._hello(log))

    def _hello(self, log: Log | None) -> Frame:
        return {
            "type": "hello",
            "version": 1,
            "token": self.token,
            "conversation": self.conversation,
            "epoch": log.epoch if log else None,
            "seq": log.last if log else 0,
            "page": {"url": "https://shop.example/tents", "title": "Tents"},
        }

    async def take(self, frame: Frame) -> None:
        match frame["type"]:
            case "welcome":
                if not self.greeted or frame["conversation"] != self.conversation:
                    self.history.note(
                        self.who, "welcome", conversation=frame["conversation"], seq=frame["head"],
                        more={"resumed": frame["resumed"], "epoch": frame["epoch"], "canary": self.canary},
                    )  # fmt: skip
                self.token = frame["token"]
                before, self.conversation = self.conversation, frame["conversation"]
                if before is not None and before != self.conversation and before in self.logs:
                    self.forget(self.logs.pop(before))
                    self._move_outbox(before)
                self.begin_log(frame["conversation"], frame["epoch"], frame["head"], resumed=frame["resumed"])
                self.greeted = True
            case "status":
                self.agents_online = frame["agents_online"]
                shown = (frame["owner"], (frame["agent"] or {}).get("id"))
                if shown != self._shown_status:
                    self.history.note(
                        self.who, "status", conversation=frame["conversation"], kind=shown[0], more={"agent": shown[1]}
                    )  # fmt: skip
                self._shown_status = shown
                self.owner = frame["owner"]

    def _move_outbox(self, before: str) -> None:
        """The server opened another conversation: what was not sent goes there."""
        outbox = self.outboxes.pop(before, None)
        if outbox is not None and self.conversation is not None:
            self.outboxes[self.conversation] = outbox

    async def ask_again(self, log: Log) -> None:
        await self.hello()

    def lost(self) -> None:
        log = self.logs.get(self.conversation or "")
        if log and self.rng.random() < self.habits.reload_chance:
            self.forget(log)

    async def tick(self) -> None:
        now = time.monotonic()
        if self.quiet or self.conversation is None or now < self._next_at:
            return
        self._next_at = now + self.rng.expovariate(1 / self.habits.think_seconds)
        unsent = len(self.outboxes.get(self.conversation, _NOTHING).waiting)
        if unsent > 5:
            return  # nobody writes on and on while nothing goes out
        if not unsent and self.logs[self.conversation].last >= self.habits.longest_log:
            self._make_room()
            return
        self._do(self.conversation)
        if self.rng.random() < self.habits.wander_chance:
            self.drop()

    def _make_room(self) -> None:
        """Another person begins, with nothing of this one; what comes on the old link is not for them."""
        self.token = self.conversation = None
        self.canary = f"k{self.rng.getrandbits(40):010x}"
        self.owner = "bot"
        self.logs, self.outboxes = {}, {}
        self._leaving = True
        self.drop()

    def _do(self, conversation: str) -> None:
        chance = self.rng.random
        if self.owner == "bot" and self.agents_online and chance() < self.habits.person_chance:
            self.write(conversation, {"type": "ask_person"})
        elif self.owner == "queue" and chance() < self.habits.leave_chance:
            self.write(conversation, {"type": "leave_queue", "solved": chance() < 0.3})
        elif chance() < self.habits.close_chance:
            self.write(conversation, {"type": "close"})
        else:
            for _ in range(3 if chance() < self.habits.burst_chance else 1):
                self.say(conversation)

    def say(self, conversation: str) -> None:
        self._said += 1
        words = " ".join(self.rng.sample(WORDS, 4))
        self.write(conversation, {"type": "send", "text": f"{self.canary} {self.who}#{self._said} {words}"})


class _Nothing:
    waiting: tuple[Frame, ...] = ()


_NOTHING = _Nothing()


class NewCmidCustomer(Customer):
    """Broken on purpose: every try has a cmid of its own."""

    def outgoing(self, frame: Frame) -> Frame:
        self._number += 1
        frame["cmid"] = f"{self.who.replace('/', '.')}-{self._number}-again"
        return frame


class GreedyCustomer(Customer):
    """Broken on purpose: applies whatever is newer, gap or not."""

    def is_next(self, log: Log, seq: int) -> bool:
        return seq > log.last
