"""One atomic change in SQL: implements `handoff.ports.Transaction` over a SQLAlchemy connection.

It reads and writes rows and knows no rule: who may do what is the desk's business. Plain SQL of both SQLite and
Postgres; the counter, the claim and the seat are single conditional UPDATEs, so that two writers cannot both win.
"""

from handoff.adapters.agents_sql import AgentRows
from handoff.adapters.conversations_sql import ConversationRows
from handoff.adapters.handoffs_sql import HandoffRows
from handoff.adapters.log_sql import LogRows
from handoff.adapters.presence_sql import PresenceRows
from handoff.adapters.turns_sql import TurnRows


class SqlTransaction(ConversationRows, LogRows, TurnRows, HandoffRows, AgentRows, PresenceRows):
    """Everything that one change may touch, each kind of row in a module of its own."""
