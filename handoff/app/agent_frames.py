"""What an agent's frames do to the queue and to conversations: one table, and nothing about sockets.

A frame that writes into a log returns where it lies; every other one None.
"""

from handoff.judging import Judging
from handoff.log import Receipt
from handoff.protocol import (
    AgentAccept,
    AgentAvailable,
    AgentClaim,
    AgentDecline,
    AgentFrame,
    AgentJudge,
    AgentNote,
    AgentPrioritise,
    AgentRequeue,
    AgentResolve,
    AgentReturnToBot,
    AgentSend,
    AgentTakeOver,
    AgentTransfer,
)
from handoff.queue import Queue


class AgentFrames:
    def __init__(self, queue: Queue, judging: Judging) -> None:
        self._queue = queue
        self._judging = judging

    async def handle(self, me: str, frame: AgentFrame) -> Receipt | None:
        """Do what the agent `me` asks for. Raises HandoffError where it may not be."""
        return await self._change_hands(me, frame) or await self._write(me, frame)

    async def _change_hands(self, me: str, frame: AgentFrame) -> Receipt | None:
        """Whose it is, or shall be."""
        queue = self._queue
        match frame:
            case AgentClaim():
                return await queue.claim(me, frame.conversation, frame.cmid)
            case AgentAccept():
                return await queue.accept(me, frame.conversation, frame.cmid)
            case AgentDecline():
                return await queue.decline(me, frame.conversation, frame.cmid)
            case AgentTransfer():
                whom = frame.to_agent, frame.to_skill
                return await queue.transfer(
                    me, frame.conversation, frame.fence, *whom, frame.note, frame.cmid
                )
            case AgentTakeOver():
                return await queue.take_over(me, frame.conversation, frame.fence, frame.cmid)
            case AgentReturnToBot():
                return await queue.return_to_bot(me, frame.conversation, frame.fence, frame.cmid)
            case AgentRequeue():
                return await queue.requeue(me, frame.conversation, frame.fence, frame.cmid)
            case AgentResolve():
                return await queue.resolve(me, frame.conversation, frame.fence, frame.outcome, frame.cmid)
        return None

    async def _write(self, me: str, frame: AgentFrame) -> Receipt | None:
        """What is said in it, and whether the agent takes more."""
        queue = self._queue
        match frame:
            case AgentSend():
                return await queue.send(me, frame.conversation, frame.fence, frame.text, frame.cmid)
            case AgentNote():
                return await queue.note(me, frame.conversation, frame.text, frame.cmid)
            case AgentPrioritise():
                return await queue.prioritise(me, frame.conversation, frame.priority, frame.cmid)
            case AgentJudge():
                seq, verdict = frame.answer_seq, frame.verdict
                return await self._judging.verdict(me, frame.conversation, seq, verdict, frame.cmid)
            case AgentAvailable():
                await queue.set_available(me, frame.available)
        return None
