"""One atomic change in SQL: implements `handoff.ports.Transaction` over a SQLAlchemy connection.

It reads and writes rows and knows no rule: who may do what is the desk's business. Plain SQL of both SQLite and
Postgres; the counter, the claim and the seat are single conditional UPDATEs, so that two writers cannot both win. In a
transaction that writes, a conversation is locked when it is first looked at, so that what is read of it next holds until
COMMIT. Rows are locked in one order: conversation, handoff, agent, the queue's version.
"""

from handoff.adapters.agents_sql import AgentRows
from handoff.adapters.audit_sql import AuditRows
from handoff.adapters.conversations_sql import ConversationRows
from handoff.adapters.cursors_sql import CursorRows
from handoff.adapters.handoffs_sql import HandoffRows
from handoff.adapters.log_sql import LogRows
from handoff.adapters.mail_sql import MailRows
from handoff.adapters.presence_sql import PresenceRows
from handoff.adapters.turns_sql import TurnRows


class SqlTransaction(
    ConversationRows, LogRows, TurnRows, HandoffRows, AgentRows, MailRows, PresenceRows, CursorRows, AuditRows
):
    """Everything that one change may touch, each kind of row in a module of its own."""
