import inspect

from knowledge_base import errors
from knowledge_base.errors import LibraryError


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    assert errors.__doc__ is not None
    drawn = {}
    for line in errors.__doc__.splitlines():
        words = line.strip(" │├└─").split()
        if words and isinstance(getattr(errors, words[0], None), type):
            drawn[words[0]] = int(words[1])
    classes = {
        name: error.status
        for name, error in inspect.getmembers(errors, inspect.isclass)
        if issubclass(error, LibraryError)
    }
    assert drawn == classes


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [
        error.code
        for _, error in inspect.getmembers(errors, inspect.isclass)
        if issubclass(error, LibraryError)
    ]
    assert len(set(codes)) == len(codes)
    for code in codes:
        assert code == code.lower()
