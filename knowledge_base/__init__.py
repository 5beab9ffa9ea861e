"""The knowledge base: articles that editors write, and answers found in them.

Public names, the only ones that other packages may import: the library and how to open it, the HTTP router with its
error handler, the errors, and the wire models.
"""

from knowledge_base import wire
from knowledge_base.api import add_problem_handlers, create_router
from knowledge_base.errors import LibraryError, NotAllowed, NotFound, NotSignedIn
from knowledge_base.library import Library
from knowledge_base.opening import open_library

__all__ = [
    "Library",
    "LibraryError",
    "NotAllowed",
    "NotFound",
    "NotSignedIn",
    "add_problem_handlers",
    "create_router",
    "open_library",
    "wire",
]
