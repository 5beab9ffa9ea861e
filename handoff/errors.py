"""Everything that can go wrong in the handoff, as one tree.

    HandoffError
    ├── BadInput            the sender must change something
    ├── NotFound            no such thing, or not for this reader
    ├── NotSignedIn         no session, or an expired one
    ├── NotAllowed          signed in, but not for this
    ├── RateLimited         too much at once; try again later
    ├── CmidReused          the same cmid came with another body
    ├── IllegalMove         the conversation is not in a state that allows this
    ├── StaleFence          somebody else owns the conversation by now
    ├── AlreadyTaken        another agent claimed first; names who
    ├── AtCapacity          the agent has as many conversations as they take
    ├── StoreUnavailable    the database did not answer; nothing was written
    ├── PostError           a letter was not sent
    │   ├── PostUnavailable not now; it may work later
    │   └── PostRefused     it never will: no such address, or no letter that can be sent
    └── BotError            the assistant did not answer a turn
        ├── BotUnavailable  nobody listens, or it is still loading
        ├── BotTimeout      it did not answer in time
        └── BotFailed       it answered that the turn failed, or answered nonsense

Each class has a `code` for programs, an HTTP `status`, and says whether the same request may succeed later. The
message is one plain sentence for whoever can act on it and never carries internals. `handoff.app.problems` turns them
into HTTP problems, `rejected` frames and close codes.
"""


class HandoffError(Exception):
    code = "error"
    status = 500
    retryable = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadInput(HandoffError):
    code = "bad_input"
    status = 422


class NotFound(HandoffError):
    code = "not_found"
    status = 404


class NotSignedIn(HandoffError):
    code = "not_signed_in"
    status = 401


class NotAllowed(HandoffError):
    code = "not_allowed"
    status = 403


class RateLimited(HandoffError):
    code = "rate_limited"
    status = 429
    retryable = True

    def __init__(self, message: str, retry_after_seconds: float) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class CmidReused(HandoffError):
    code = "cmid_reused"
    status = 409


class IllegalMove(HandoffError):
    code = "illegal_move"
    status = 409


class StaleFence(HandoffError):
    code = "stale_fence"
    status = 409


class AlreadyTaken(HandoffError):
    code = "already_taken"
    status = 409


class AtCapacity(HandoffError):
    code = "at_capacity"
    status = 409


class StoreUnavailable(HandoffError):
    code = "store_unavailable"
    status = 503
    retryable = True


class BotError(HandoffError):
    code = "bot_error"
    status = 502
    retryable = True


class BotUnavailable(BotError):
    code = "bot_unavailable"


class BotTimeout(BotError):
    code = "bot_timeout"


class BotFailed(BotError):
    code = "bot_failed"


class PostError(HandoffError):
    code = "post_error"
    status = 502


class PostUnavailable(PostError):
    code = "post_unavailable"
    retryable = True


class PostRefused(PostError):
    code = "post_refused"
