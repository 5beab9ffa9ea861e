"""What people think of the bot's answers, carried to the library that gave them.

An agent's verdict is an event that only agents see; a customer's thumb is one of the desk's. Both go on to the `Judge`
after their commit and beside everything else: a library that is away costs a judgement, never a message.
"""

import asyncio

import structlog

from handoff.errors import BadInput, NotFound
from handoff.handover import touched
from handoff.log import Receipt, agent_author, known
from handoff.ports import Doorbell, Judge, Store, Transaction
from handoff.protocol import Verdict

log = structlog.get_logger(__name__)


class Judging:
    def __init__(self, store: Store, doorbell: Doorbell, judge: Judge | None = None) -> None:
        self._store = store
        self._doorbell = doorbell
        self._judge = judge
        self._under_way: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()  # one after the other, in the order in which they were given

    async def verdict(
        self, agent_id: str, conversation_id: str, answer_seq: int, verdict: Verdict, cmid: str
    ) -> Receipt:
        """An agent's verdict on an answer of the bot. Any agent may, whoever owns the conversation now.

        Raises NotFound for a conversation that never came to a person, BadInput for what is no answer.
        """
        body = {"answer_seq": answer_seq, "verdict": verdict}

        def change(tx: Transaction) -> tuple[Receipt, tuple[str, ...], str | None]:
            author = agent_author(tx.agent(agent_id))
            repeated = known(tx, conversation_id, author, "verdict", body, cmid)
            if repeated:
                return repeated, (), None
            ownership = tx.conversation(conversation_id).ownership
            if not tx.was_handed_over(conversation_id):
                raise NotFound("There is no such conversation.")
            answer = answer_at(tx, conversation_id, answer_seq)
            seq = tx.append(conversation_id, author, "verdict", body, cmid)
            topics = touched(tx, conversation_id, ownership)
            return Receipt(conversation_id, seq), topics, answer

        receipt, topics, answer_id = await self._store.write(change)
        self._doorbell.ring(*topics)
        self._forward(answer_id, verdict, "agent")
        return receipt

    async def thumb(self, conversation_id: str, answer_seq: int, helpful: bool) -> None:
        """A customer's thumb, which the log has already."""
        answer_id = await self._store.read(lambda tx: answer_at(tx, conversation_id, answer_seq))
        self._forward(answer_id, "right" if helpful else "wrong", "customer")

    async def settled(self, seconds: float | None = None) -> None:
        """Wait until everything is carried on, or the time is over: what is left then is lost, and logged."""
        if self._under_way:
            _, left = await asyncio.wait(self._under_way, timeout=seconds)
            if left:
                log.warning("judging.left_behind", judgements=len(left))

    def _forward(self, answer_id: str | None, verdict: Verdict, by: str) -> None:
        if self._judge is None or answer_id is None:
            return
        task = asyncio.create_task(self._carry(self._judge, answer_id, verdict, by))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _carry(self, judge: Judge, answer_id: str, verdict: Verdict, by: str) -> None:
        try:
            async with self._turn:
                await judge.judge(answer_id, verdict, by)
        except Exception as error:  # noqa: BLE001 - whatever the library says, the conversation goes on
            log.warning("judging.lost", answer=answer_id, error=type(error).__name__)


def answer_at(tx: Transaction, conversation_id: str, seq: int) -> str | None:
    """The library's id of the answer at `seq`, None where it gave none. Raises BadInput for what is no answer."""
    for event in tx.events(conversation_id, seq - 1, 1) if seq > 0 else ():
        if event.kind == "answer":
            answer_id = event.body["hit"].get("answer_id")
            return str(answer_id) if answer_id else None
    raise BadInput("Only an answer of the bot can be judged.")
