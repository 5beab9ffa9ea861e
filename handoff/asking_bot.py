"""Putting a question to the bot into its outbox, in the caller's transaction. It must not know who takes it out."""

from handoff.coalescing import Question, coalesced
from handoff.ports import ConversationRecord, Json, Transaction, TurnRecord


def ask_bot(
    tx: Transaction,
    conversation: ConversationRecord,
    cmid: str,
    text: str | None,
    payload: Json | None = None,
    most_in_line: int | None = None,
) -> bool:
    """Ask the bot what the customer's event `cmid` says. With two questions in line already, some become one.

    False, and nothing is asked, when `most_in_line` questions of all customers wait already.
    """
    fence = conversation.ownership.fence
    waiting = [
        turn for turn in tx.open_turns(conversation.id) if turn.state == "waiting" and turn.fence == fence
    ]
    if not waiting and most_in_line is not None and tx.turns_beyond(most_in_line - 1, 1):
        return False
    line = coalesced([_question(turn) for turn in waiting], Question(cmid, text, payload))
    if not _rearranged(tx, waiting, {question.turn_id: question for question in line}) or None in {
        question.turn_id for question in line
    }:
        tx.add_turn(conversation.id, cmid, text, payload, fence)
    return True


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
