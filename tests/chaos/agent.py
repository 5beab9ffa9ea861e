"""A simulated agent: takes what waits or is offered, answers, notes, passes on, resolves, and sometimes falls asleep.

It knows what a console knows: the queue, and the status of what it watches. What is its own after a crash it learns from
the queue. A supervisor also takes over what others have, under the fence that was last seen.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from random import Random

from tests.chaos.customer import WORDS
from tests.chaos.history import History
from tests.chaos.participant import Frame, Log, Outbox, Participant
from tests.chaos.sight import Sight, sight

CLAIMS = "(claims)"
"""The outbox of what belongs to no conversation yet."""
ASKED = "(asked)"
"""The outbox of answers to who was asked, and of other wishes about conversations of others."""


@dataclass(frozen=True, slots=True)
class Manners:
    think_seconds: float = 0.15
    replies: int = 6
    """On average, before a conversation is let go."""
    next_share: float = 0.7
    """Claims of whatever is next; the others name a conversation, often one that somebody else takes."""
    pick_chance: float = 0.1
    """Of claiming at all, per look, where conversations are offered."""
    note_chance: float = 0.05
    requeue_share: float = 0.15
    return_share: float = 0.2
    transfer_share: float = 0.25
    skill_share: float = 0.3
    """Transfers to a skill; the others name a colleague."""
    decline_share: float = 0.2
    """Of what this agent is asked to take."""
    ignore_share: float = 0.15
    """Of the same: its time runs out."""
    take_back_chance: float = 0.02
    """Per look, of keeping what one wanted to pass on."""
    prioritise_chance: float = 0.01
    """Per look, of moving one that waits before or behind the others."""
    take_over_chance: float = 0.03
    """Per look of a supervisor."""
    stale_share: float = 0.03
    """Of what is written under a fence: under the one before, as a page does that has not heard of a change."""
    beyond_share: float = 0.05
    """Of the looks of one who has all they may take: they claim one more."""
    rude_share: float = 0.1
    """Of the claims, where others are asked: of what one of those was asked to take."""
    barge_chance: float = 0.005
    """Per look, of accepting what a colleague was asked to take over."""
    crash_chance: float = 0.1
    """When the link is lost: everything in the page is gone, what was written too."""
    sleep_chance: float = 0.01
    """Per action: the laptop is closed for longer than an absent agent is waited for."""
    sleep_seconds: float = 6.0
    most_watched: int = 40
    """Below what a gateway follows for one console."""


class Agent(Participant):
    def __init__(
        self, who: str, base: str, session: str, agent_id: str, history: History, rng: Random, manners: Manners,
        skills: Collection[str] = (),
    ) -> None:  # fmt: skip
        super().__init__(
            who, f"{base.replace('http', 'ws')}/ws/agent", history, rng, origin=base,
            additional_headers={"Cookie": f"frontdesk_session={session}"},
        )  # fmt: skip
        self.id = agent_id
        self.manners = manners
        self.skills = skills
        self.draining = False
        """Claims until nobody waits and lets go of everything."""
        self.sight = Sight()
        self._supervisor = False
        self._offers = False
        self._max_chats = 0
        self._version = -1
        self._fences: dict[str, int] = {}
        self._owed: Counter[str] = Counter()
        self._canaries: dict[str, str] = {}
        self._replies: Counter[str] = Counter()
        self._decided: set[str] = set()
        """Of what they are asked to take."""
        self._coveted: set[str] = set()
        self._told: set[tuple[str, str]] = set()
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
                self._supervisor, self._offers = frame["supervisor"], frame["routing"] == "offer"
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
        await self.put(self.watch_of(log))

    def watch_of(self, log: Log) -> Frame:
        """What asks for the rest of this log."""
        return {
            "type": "watch",
            "conversation": log.conversation,
            "epoch": log.epoch or None,
            "seq": log.last,
        }

    async def _see_queue(self, frame: Frame) -> None:
        if frame["version"] < self._version:
            return
        self._version = frame["version"]
        self.sight = sight(frame, self.id, self.skills)
        self._decided &= self.sight.asked
        since = set((self.sight.since or {}).items())
        self.history.note(
            self.who, "queue", seq=frame["version"],
            more={"mine": frame["mine_active"], "max": frame["max_chats"], "since": dict(since - self._told)},
        )  # fmt: skip
        self._told = since
        for conversation in self.sight.mine - self.logs.keys():
            await self._watch(conversation)

    async def _watch(self, conversation: str) -> None:
        if len(self.logs) >= self.manners.most_watched and conversation not in self.logs:
            kept = self.sight.mine | self._coveted
            oldest = next((one for one in self.logs if one not in kept), None)
            if oldest is not None:
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
        if conversation in self._coveted:
            self._coveted.discard(conversation)
            if frame["owner"] == "agent" and agent != self.id:
                fence = self._under(frame["fence"])
                self.write(ASKED, {"type": "take_over", "conversation": conversation, "fence": fence})
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
        self._decided.clear()
        self._coveted.clear()
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
        if frame["conversation"]:
            self._owed[frame["conversation"]] = 0

    def was_accepted(self, frame: Frame, answer: Frame) -> None:
        if frame["type"] in ("claim", "accept", "take_over"):
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
        self._answer()
        if not self.quiet and not self._busy(ASKED):
            await self._meddle()
        for conversation, fence in self._fences.copy().items():
            if not self._busy(conversation):
                self._serve(conversation, fence)

    def _busy(self, outbox: str) -> bool:
        return bool(self.outboxes.setdefault(outbox, Outbox()).waiting)

    @property
    def has_work(self) -> bool:
        """Something waits that they may take, is theirs, or is asked of them."""
        return bool(self.sight.waiting or self.sight.mine or self.sight.asked)

    # what is not theirs yet

    def _claim(self) -> None:
        chance, waiting = self.rng.random, self.sight.waiting
        if self.sight.of_the_asked and not self.quiet and chance() < self.manners.rude_share:
            waiting = self.sight.of_the_asked
        if self._busy(CLAIMS) or not waiting or (self.quiet and not self.draining):
            return
        if self._offers and not self.draining and chance() > self.manners.pick_chance:
            return
        if len(self.sight.mine) >= self._max_chats and chance() > self.manners.beyond_share:
            return
        named = waiting is self.sight.of_the_asked or chance() > self.manners.next_share
        chosen = self.rng.choice(waiting) if named else None
        self.write(CLAIMS, {"type": "claim", "conversation": chosen})

    def _answer(self) -> None:
        """Say yes or no to what they are asked to take, once each time, or let it pass."""
        for conversation in sorted(self.sight.asked - self._decided):
            self._decided.add(conversation)
            share = self.rng.random()
            if self.draining or share > self.manners.decline_share + self.manners.ignore_share:
                self.write(ASKED, {"type": "accept", "conversation": conversation})
            elif share < self.manners.decline_share:
                self.write(ASKED, {"type": "decline", "conversation": conversation})

    async def _meddle(self) -> None:
        """What happens now and then: keep it after all, change the order, take over."""
        chance, manners, seen = self.rng.random, self.manners, self.sight
        if seen.passing_on and chance() < manners.take_back_chance:
            self.write(ASKED, {"type": "decline", "conversation": self.rng.choice(sorted(seen.passing_on))})
        if seen.of_the_wanted and chance() < manners.barge_chance:
            self.write(ASKED, {"type": "accept", "conversation": self.rng.choice(seen.of_the_wanted)})
        if seen.waiting and chance() < manners.prioritise_chance:
            chosen, priority = self.rng.choice(seen.waiting), self.rng.randint(-1, 2)
            self.write(ASKED, {"type": "prioritise", "conversation": chosen, "priority": priority})
        if self._supervisor and seen.of_others and chance() < manners.take_over_chance:
            coveted = self.rng.choice(seen.of_others)
            self._coveted.add(coveted)
            await self._watch(coveted)  # its status brings the fence

    # what is theirs

    def _serve(self, conversation: str, fence: int) -> None:
        chance = self.rng.random
        if self.draining:
            self._let_go(conversation, fence, "resolve")
        elif self._owed[conversation] and not self.quiet:
            self._owed[conversation] = 0
            self._replies[conversation] += 1
            text, under = self._words(conversation), self._under(fence)
            self.write(
                conversation, {"type": "send", "conversation": conversation, "fence": under, "text": text}
            )
            if chance() < self.manners.note_chance:
                note = {"type": "note", "conversation": conversation, "text": f"{text} (note)"}
                self.write(conversation, note)
        elif self._replies[conversation] and chance() < 1 / self.manners.replies and not self.quiet:
            self._pass_on_or_let_go(conversation, fence)

    def _under(self, fence: int) -> int:
        return fence - 1 if self.rng.random() < self.manners.stale_share else fence

    def _words(self, conversation: str) -> str:
        self._said += 1
        words = " ".join(self.rng.sample(WORDS, 3))
        return f"{self._canaries.get(conversation, '')} {self.who}#{self._said} {words}".strip()

    def _pass_on_or_let_go(self, conversation: str, fence: int) -> None:
        share, manners = self.rng.random(), self.manners
        if share < manners.transfer_share:
            self._transfer(conversation, fence)
        elif share < manners.transfer_share + manners.requeue_share:
            self._let_go(conversation, fence, "requeue")
        elif share < manners.transfer_share + manners.requeue_share + manners.return_share:
            self._let_go(conversation, fence, "return_to_bot")
        else:
            self._let_go(conversation, fence, "resolve")

    def _transfer(self, conversation: str, fence: int) -> None:
        if conversation in self.sight.passing_on:
            return
        frame: Frame = {"type": "transfer", "conversation": conversation, "fence": self._under(fence)}
        if self.skills and self.rng.random() < self.manners.skill_share:
            self.write(conversation, frame | {"to_skill": self.rng.choice(sorted(self.skills))})
        elif self.sight.colleagues:
            note = self._words(conversation)
            self.write(
                conversation, frame | {"to_agent": self.rng.choice(self.sight.colleagues), "note": note}
            )

    def _let_go(self, conversation: str, fence: int, move: str) -> None:
        frame: Frame = {"type": move, "conversation": conversation, "fence": fence}
        self.write(conversation, frame | ({"outcome": "solved"} if move == "resolve" else {}))
        self._fences.pop(conversation, None)
