"""Nobody waits for the bot without hearing of it: tells customers that it takes longer, and offers a person in time.

Looks at the whole outbox, whichever process has a turn or had it when it died; any gateway may do it, and all of them do.
What is due says `handoff.patience`. It must not know how the bot is asked.
"""

import asyncio
from collections.abc import Sequence
from functools import partial

import structlog

from handoff.bot_replies import Replies, Topics, may_speak, say_still_working
from handoff.handover import touched
from handoff.patience import Due, Patience, Standing, due
from handoff.ports import Doorbell, Store, Transaction, TurnRecord

AT_ONCE = 64
"""Conversations seen to together: as many as one commit takes."""
MOST_A_LOOK = 256
log = structlog.get_logger(__name__)


class Overdue:
    def __init__(self, store: Store, doorbell: Doorbell, replies: Replies, patience: Patience) -> None:
        self._store = store
        self._doorbell = doorbell
        self._replies = replies
        self._patience = patience

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await self.look()
            except Exception:
                log.warning("overdue.not_looked", exc_info=True)
            await asyncio.sleep(self._patience.look_seconds)

    async def look(self) -> None:
        """Do now whatever is due now."""
        told, given_up = self._patience.notice_seconds, self._patience.total_seconds
        late = await self._store.read(lambda tx: tx.overdue_turns(told, given_up, MOST_A_LOOK))
        conversations = list(dict.fromkeys(turn.conversation_id for turn in late))
        for start in range(0, len(conversations), AT_ONCE):
            await asyncio.gather(*map(self._see_to, conversations[start : start + AT_ONCE]))

    async def _see_to(self, conversation_id: str) -> None:
        try:
            topics = await self._store.write(partial(self._do, conversation_id))
        except Exception:  # one conversation that cannot be helped must not keep the others waiting
            log.warning("overdue.not_seen_to", conversation=conversation_id, exc_info=True)
        else:
            self._doorbell.ring(*topics)

    def _do(self, conversation_id: str, tx: Transaction) -> Topics:
        """Whatever is due by now, with the conversation in hand. Returns the topics to ring."""
        tx.conversation(conversation_id)  # nobody else changes it meanwhile
        turns = tx.open_turns(conversation_id)
        if not turns:
            return ()
        match due(_standing(turns[0]), self._patience):
            case Due.OFFER:
                return self._offer(tx, turns)
            case Due.SAY_SO:
                return self._say_so(tx, turns[0])
            case Due.BEGIN_ANEW:
                log.warning("overdue.begun_anew", conversation=conversation_id)
                tx.restart_turns(conversation_id, self._patience.notice_seconds)
                return self._say_so(tx, turns[0])
        return ()

    def _offer(self, tx: Transaction, turns: Sequence[TurnRecord]) -> Topics:
        """One offer for all that waited: two in a breath would help nobody."""
        oldest, *following = turns
        log.warning("overdue.given_up", conversation=oldest.conversation_id, state=oldest.state)
        for turn in following:
            if turn.state == "waiting" and turn.waited_seconds >= self._patience.notice_seconds:
                tx.finish_turn(turn, None)
        return self._replies.fail(tx, oldest)

    def _say_so(self, tx: Transaction, turn: TurnRecord) -> Topics:
        conversation = tx.conversation(turn.conversation_id)
        if may_speak(conversation, turn):
            say_still_working(tx, conversation)
        else:
            tx.tell_turns(conversation.id)
        return touched(tx, conversation.id, conversation.ownership)


def _standing(turn: TurnRecord) -> Standing:
    return Standing(turn.waited_seconds, turn.said_so, turn.state == "running", turn.attempts)
