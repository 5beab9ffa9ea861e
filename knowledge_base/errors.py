"""Every way in which the knowledge base says no. This module must not import anything but the standard library.

    LibraryError                 500  library_error     the root; never raised itself
    ├── NotFound                 404  not_found         no such article, revision or passage (or not published)
    ├── Conflict                 409
    │   ├── StaleDraft           409  stale_draft       somebody saved a newer draft in the meantime
    │   ├── SlugTaken            409  slug_taken        another article has this address
    │   └── NothingToPublish     409  nothing_to_publish  what customers see is already the latest draft
    ├── Invalid                  422  invalid           the content cannot be used as it is
    │   └── BadArticleFile       422  bad_article_file  a markdown file that cannot be imported
    ├── Refused                  403
    │   ├── NotSignedIn          401  not_signed_in     no editor, or the service secret is wrong
    │   └── NotAllowed           403  not_allowed       signed in, but not as an editor
    └── Unavailable              503
        ├── EncoderMissing       503  encoder_missing   the encoder artifact is not there or not whole
        ├── DatabaseUnknown      503  database_unknown  the address names a database that is none of ours
        └── StoreUnavailable     503  store_unavailable the database does not answer in time

`code` is for programs and never changes; the message is one plain sentence for people; `retryable` says whether the
same request may succeed later without anybody changing anything.
"""

from typing import ClassVar


class LibraryError(Exception):
    code: ClassVar[str] = "library_error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False


class NotFound(LibraryError):
    code = "not_found"
    status = 404


class Conflict(LibraryError):
    code = "conflict"
    status = 409


class StaleDraft(Conflict):
    code = "stale_draft"


class SlugTaken(Conflict):
    code = "slug_taken"


class NothingToPublish(Conflict):
    code = "nothing_to_publish"


class Invalid(LibraryError):
    code = "invalid"
    status = 422


class BadArticleFile(Invalid):
    code = "bad_article_file"


class Refused(LibraryError):
    code = "refused"
    status = 403


class NotSignedIn(Refused):
    code = "not_signed_in"
    status = 401


class NotAllowed(Refused):
    code = "not_allowed"


class Unavailable(LibraryError):
    code = "unavailable"
    status = 503
    retryable = True


class EncoderMissing(Unavailable):
    code = "encoder_missing"
    retryable = False


class DatabaseUnknown(Unavailable):
    code = "database_unknown"
    retryable = False


class StoreUnavailable(Unavailable):
    code = "store_unavailable"
