"""A simulated agent: takes what waits, answers, notes, passes on, resolves, and sometimes falls asleep.

It knows what a console knows: the queue, and the status of what it watches. What is its own after a crash it learns from
the queue.
"""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from random import Random

from tests.chaos.customer import WORDS
from tests.chaos.history import History
from tests.chaos.participant import Frame, Log, Outbox, Participant

CLAIMS = "(claims)"
"""The outbox of what belongs to no conversation yet."""


MOST_WATCHED = 40
"""Below what a gateway follows for one console."""


@dataclass(frozen=True, slots=True)
class Manners:
    think_seconds: float = 0.15
    replies: int = 6
    """On average, before a conversation is let go."""
    next_share: float = 0.7
    """Claims of whatever is next; the others name a conversation, often one that somebody else takes."""
    note_chance: float = 0.05
    requeue_share: float = 0.15
    return_share: float = 0.2
    crash_chance: float = 0.1
    """When the link is lost: everything in the page is gone, what was written too."""
    sleep_chance: float = 0.01
    """Per action: the laptop is closed for longer than an absent agent is waited for."""
    sleep_seconds: float = 6.0


class Agent(Participant):
    def __init__(
        self,
        who: str,
        base: str,
        session: str,
        agent_id: str,
        history: History,
        rng: Random,
        manners: Manners,
    ) -> None:
        super().__init__(
            who, f"{base.replace('http', 'ws')}/ws/agent", history, rng, origin=base,
            additional_headers={"Cookie": f"frontdesk_session={session}"},
        )  # fmt: skip
        self.id = agent_id
        self.manners = manners
        self.draining = False
        """Claims until nobody waits and lets go of everything."""
        self.waiting: list[str] = []
        self.mine: set[str] = set()
        self._max_chats = 0
        self._version = -1
        self._fences: dict[str, int] = {}
        self._owed: Counter[str] = Counter()
        self._canaries: dict[str, str] = {}
        self._replies: Counter[str] = Counter()
        self._next_at = 0.0
        self._asleep_until = 0.0
        self._said = 0
        self._taken: list[str] = []

    async def hello(self) -> None:
        asleep = self._asleep_until - time.monotonic()
        if asleep > 0:
            await asyncio.sleep(asleep)
        await self.put({"type": "hello", "version": 1})

    async def take(self, frame: Frame) -> None:
        match frame["type"]:
            case "welcome":
                self._max_chats = frame["max_chats"]
                self._version = -1
                for log in self.logs.values():
                    await self.ask_again(log)
                self.greeted = True
            case "queue":
                await self._see_queue(frame)
            case "watching":
                self.begin_log(frame["conversation"], frame["epoch"], frame["head"], resumed=frame["resumed"])
            case "status":
                self._see_status(frame)

    async def ask_again(self, log: Log) -> None:
        await self.put(
            {"type": "watch", "conversation": log.conversation, "epoch": log.epoch or None, "seq": log.last}
        )

    async def _see_queue(self, frame: Frame) -> None:
        if frame["version"] < self._version:
            return
        self._version = frame["version"]
        rows = frame["rows"]
        self.waiting = [row["conversation"] for row in rows if row["state"] == "waiting"]
        self.mine = {
            row["conversation"] for row in rows
            if row["state"] == "active" and row["agent"] and row["agent"]["id"] == self.id
        }  # fmt: skip
        self.history.note(
            self.who, "queue", seq=frame["version"],
            more={
                "mine": frame["mine_active"], "max": frame["max_chats"], "waiting": len(self.waiting),
                "since": {row["conversation"]: row["waiting_since"] for row in rows if row["state"] == "waiting"},
            },
        )  # fmt: skip
        for conversation in self.mine - self.logs.keys():
            await self._watch(conversation)

    async def _watch(self, conversation: str) -> None:
        if len(self.logs) >= MOST_WATCHED:
            oldest = next((one for one in self.logs if one not in self.mine), conversation)
            if oldest in self.logs:
                self.forget(self.logs.pop(oldest))
                await self.put({"type": "unwatch", "conversation": oldest})
        self.logs.setdefault(conversation, Log(conversation))
        await self.ask_again(self.logs[conversation])

    def _see_status(self, frame: Frame) -> None:
        conversation, agent = frame["conversation"], (frame["agent"] or {}).get("id")
        self.history.note(
            self.who, "status", conversation=conversation, kind=frame["owner"], fence=frame["fence"],
            more={"agent": agent},
        )  # fmt: skip
        if frame["owner"] == "agent" and agent == self.id:
            self._fences[conversation] = frame["fence"]
        else:
            self._fences.pop(conversation, None)
            self._replies.pop(conversation, None)

    def applied(self, frame: Frame) -> None:
        conversation = frame["conversation"]
        if frame["actor"]["role"] == "customer" and frame["kind"] == "message":
            self._canaries[conversation] = frame["text"].split(" ", 1)[0]
            self._owed[conversation] += 1

    def lost(self) -> None:
        self._fences.clear()
        if self.rng.random() < self.manners.crash_chance:
            for conversation, outbox in self.outboxes.items():
                for frame in outbox.waiting:
                    self.history.note(self.who, "abandoned", conversation=conversation, cmid=frame["cmid"])
            self.outboxes = {}
            for log in self.logs.values():
                self.forget(log)
            self.logs = {}
            self._owed.clear()

    def refused(self, frame: Frame, answer: Frame) -> None:
        if frame["type"] != "claim":
            self._owed[frame["conversation"]] = 0

    def was_accepted(self, frame: Frame, answer: Frame) -> None:
        if frame["type"] == "claim":
            self._taken.append(answer["conversation"])

    async def tick(self) -> None:
        now = time.monotonic()
        if now < self._next_at:
            return
        self._next_at = now + self.rng.expovariate(1 / self.manners.think_seconds)
        if not self.quiet and self.rng.random() < self.manners.sleep_chance:
            self._asleep_until = now + self.manners.sleep_seconds
            self.drop()
            return
        while self._taken:
            await self._watch(self._taken.pop())
        self._claim()
        for conversation, fence in self._fences.copy().items():
            if not self.outboxes.setdefault(conversation, Outbox()).waiting:
                self._serve(conversation, fence)

    def _claim(self) -> None:
        claims = self.outboxes.setdefault(CLAIMS, Outbox())
        if claims.waiting or not self.waiting or (self.quiet and not self.draining):
            return
        if (
            len(self.mine) >= self._max_chats and self.rng.random() > 0.05
        ):  # now and then beyond what is allowed
            return
        chosen = None if self.rng.random() < self.manners.next_share else self.rng.choice(self.waiting)
        self.write(CLAIMS, {"type": "claim", "conversation": chosen})

    def _serve(self, conversation: str, fence: int) -> None:
        chance = self.rng.random
        if self.draining:
            self._let_go(conversation, fence, "resolve")
        elif self._owed[conversation] and not self.quiet:
            self._owed[conversation] = 0
            self._replies[conversation] += 1
            self._said += 1
            words = " ".join(self.rng.sample(WORDS, 3))
            text = f"{self._canaries[conversation]} {self.who}#{self._said} {words}"
            self.write(
                conversation, {"type": "send", "conversation": conversation, "fence": fence, "text": text}
            )
            if chance() < self.manners.note_chance:
                note = {"type": "note", "conversation": conversation, "text": f"{text} (note)"}
                self.write(conversation, note)
        elif self._replies[conversation] and chance() < 1 / self.manners.replies and not self.quiet:
            share = chance()
            back = self.manners.requeue_share + self.manners.return_share
            move = (
                "requeue"
                if share < self.manners.requeue_share
                else "return_to_bot"
                if share < back
                else "resolve"
            )
            self._let_go(conversation, fence, move)

    def _let_go(self, conversation: str, fence: int, move: str) -> None:
        frame: Frame = {"type": move, "conversation": conversation, "fence": fence}
        self.write(conversation, frame | ({"outcome": "solved"} if move == "resolve" else {}))
        self._fences.pop(conversation, None)
