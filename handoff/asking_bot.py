"""Putting a question to the bot into its outbox, in the caller's transaction. It must not know who takes it out."""

from handoff.coalescing import Question, coalesced
from handoff.ports import ConversationRecord, Json, Transaction, TurnRecord


def ask_bot(
    tx: Transaction,
    conversation: ConversationRecord,
    cmid: str,
    text: str | None,
    payload: Json | None = None,
) -> None:
    """Ask the bot what the customer's event `cmid` says. With two questions in line already, some become one."""
    fence = conversation.ownership.fence
    waiting = [
        turn for turn in tx.open_turns(conversation.id) if turn.state == "waiting" and turn.fence == fence
    ]
    line = coalesced([_question(turn) for turn in waiting], Question(cmid, text, payload))
    if _rearranged(tx, waiting, {question.turn_id: question for question in line}) and None not in {
        question.turn_id for question in line
    }:
        return
    tx.add_turn(conversation.id, cmid, text, payload, fence)


def _rearranged(tx: Transaction, waiting: list[TurnRecord], line: dict[int | None, Question]) -> bool:
    """Whether the turns in line ask what `line` says now; a turn that was taken this moment stays as it is."""
    for turn in waiting:
        question = line.get(turn.id)
        if question is None or question == _question(turn):
            continue
        if not tx.change_turn(turn.id, question.cmid, question.text, question.payload):
            return False
    for turn in waiting:
        if turn.id not in line:
            tx.finish_turn(turn, None)
    return True


def _question(turn: TurnRecord) -> Question:
    return Question(turn.cmid, turn.text, turn.payload, turn.id)
