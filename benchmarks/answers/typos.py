"""Spoils messages the way fingers do: drops, doubles, swaps a letter, or hits the key beside it."""

import random

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
SHORTEST_WORD = 4
SEED = 7


def _beside(letter: str) -> str:
    for number, row in enumerate(ROWS):
        place = row.find(letter)
        if place >= 0:
            around = row[max(place - 1, 0) : place] + row[place + 1 : place + 2]
            if number > 0:  # each row lies half a key to the right of the one above
                around += ROWS[number - 1][place : place + 2]
            if number + 1 < len(ROWS):
                around += ROWS[number + 1][max(place - 1, 0) : place + 1]
            return around
    return ""


NEIGHBOURS = {letter: _beside(letter) for row in ROWS for letter in row}


def spoiled(texts: list[str], edits: int) -> list[str]:
    """Every text with `edits` slips in its words of four letters or more; always the same ones."""
    source = random.Random(SEED)
    return [_spoil(text, edits, source) for text in texts]


def _spoil(text: str, edits: int, source: random.Random) -> str:
    for _ in range(edits):
        places = [
            at
            for start, stop in _words(text)
            if stop - start >= SHORTEST_WORD
            for at in range(start, stop - 1)
        ]
        if not places:
            return text
        at, kind = source.choice(places), source.choice(("drop", "double", "swap", "beside"))
        text = _edited(text, at, kind, source)
    return text


def _edited(text: str, at: int, kind: str, source: random.Random) -> str:
    letter, rest = text[at], text[at + 1 :]
    match kind:
        case "drop":
            return text[:at] + rest
        case "double":
            return text[:at] + letter * 2 + rest
        case "swap":
            return text[:at] + rest[0] + letter + rest[1:]
    near = NEIGHBOURS.get(letter.lower())
    if not near:  # a letter that our keyboard lacks is dropped
        return text[:at] + rest
    hit = source.choice(near)
    return text[:at] + (hit.upper() if letter.isupper() else hit) + rest


def _words(text: str) -> list[tuple[int, int]]:
    """(start, stop) of each run of letters."""
    words, start = [], None
    for at, character in enumerate(text + " "):
        if character.isalpha():
            start = at if start is None else start
        elif start is not None:
            words.append((start, at))
            start = None
    return words
