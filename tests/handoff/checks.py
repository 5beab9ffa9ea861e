"""What must hold of every history, whatever happened. Each check raises AssertionError; the negative controls rely on it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from handoff.conversation import Owner
from handoff.ports import AgentRecord, ConversationRecord, EventRecord, HandoffRecord, Transaction
from handoff.readers import as_event

SHOWN_BY_BOT = frozenset({"message", "answer", "choices", "offer"})
TAKES = frozenset({"joined"})
GIVES_BACK = frozenset({"left", "requeued", "returned_to_bot", "closed"})


def seq_is_gapless(log: Sequence[EventRecord], last_seq: int) -> None:
    assert [event.seq for event in log] == list(range(1, last_seq + 1)), "seq has a gap or a repetition"


def each_cmid_once(log: Sequence[EventRecord]) -> None:
    """Every text in these tests is sent under one cmid only, so that a text twice is a cmid twice."""
    cmids = Counter((event.author.key, event.cmid) for event in log if event.cmid)
    assert not [key for key, times in cmids.items() if times > 1], "a cmid is in the log twice"
    texts = Counter(
        (event.author.key, event.body["text"])
        for event in log
        if event.kind == "message" and event.author.role != "bot"
    )
    assert not [key for key, times in texts.items() if times > 1], "one message is in the log twice"


def bot_is_silent_while_an_agent_owns(log: Iterable[EventRecord]) -> None:
    """Nothing that a customer can see came from the bot between an agent's joining and leaving."""
    owned = False
    for event in log:
        if event.kind == "notice" and event.body["code"] in TAKES:
            owned = True
        elif event.kind == "notice" and event.body["code"] in GIVES_BACK:
            owned = False
        seen = as_event(event, for_agent=False)
        assert not (owned and event.author.role == "bot" and seen.kind in SHOWN_BY_BOT), (
            f"the bot spoke at seq {event.seq} although an agent had the conversation"
        )


def one_agent_at_a_time(log: Iterable[EventRecord]) -> None:
    """Nobody joins a conversation that somebody has."""
    holder = None
    for event in log:
        if event.kind != "notice":
            continue
        if event.body["code"] in TAKES:
            assert holder is None, f"{event.author.name} joined although {holder} had the conversation"
            holder = event.author.name
        elif event.body["code"] == "passed_on":
            assert holder is not None, f"{event.author.name} took over what nobody had"
            holder = event.author.name
        elif event.body["code"] in GIVES_BACK:
            holder = None


def handoffs_fit(
    conversations: Sequence[ConversationRecord], live: Sequence[HandoffRecord], agents: Sequence[AgentRecord]
) -> None:
    """Owner, queue entry and the agents' seats say the same."""
    counted = Counter(handoff.conversation_id for handoff in live)
    assert all(times == 1 for times in counted.values()), "a conversation has two live handoffs"
    by_conversation = {handoff.conversation_id: handoff for handoff in live}
    for conversation in conversations:
        handoff = by_conversation.get(conversation.id)
        match conversation.ownership.owner:
            case Owner.QUEUE:
                assert handoff, "queued without a queue entry"
                assert handoff.state == "waiting"
                assert handoff.agent_id is None
            case Owner.AGENT:
                assert handoff, "an agent owns it without a queue entry"
                assert (handoff.state, handoff.agent_id) == ("active", conversation.ownership.agent_id)
            case _:
                assert handoff is None, "a queue entry although neither queue nor agent owns it"
    seats = Counter(handoff.agent_id for handoff in live if handoff.state == "active")
    for agent in agents:
        assert agent.active_chats == seats[agent.id], f"{agent.name} has seats that are not chats"
        assert agent.active_chats <= agent.max_chats, f"{agent.name} is over capacity"


def all_is_well(tx: Transaction, conversation_ids: Iterable[str]) -> None:
    """Every check over these conversations, in one snapshot."""
    conversations = [tx.conversation(conversation_id) for conversation_id in conversation_ids]
    for conversation in conversations:
        log = tx.events(conversation.id, 0, 10_000)
        seq_is_gapless(log, conversation.last_seq)
        each_cmid_once(log)
        bot_is_silent_while_an_agent_owns(log)
        one_agent_at_a_time(log)
    handoffs_fit(conversations, [*tx.waiting(), *tx.active()], tx.agents())
