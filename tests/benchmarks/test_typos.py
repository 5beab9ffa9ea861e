from benchmarks.answers.typos import NEIGHBOURS, spoiled

TEXTS = ["Where is my parcel from Ghent?", "I am on it", "The tent poles of 2019 snapped twice"]


def distance(one: str, other: str) -> int:
    """How many letters one would have to add, drop or exchange."""
    before = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b)))
        before = row
    return before[-1]


def test_slips_are_always_the_same_ones() -> None:
    assert spoiled(TEXTS, 2) == spoiled(TEXTS, 2)
    assert spoiled(TEXTS, 1) != TEXTS


def test_short_words_and_numbers_stay_as_they_are() -> None:
    assert spoiled(TEXTS, 2)[1] == TEXTS[1]
    assert "2019" in spoiled(TEXTS, 2)[2]


def test_a_slip_is_one_edit() -> None:
    texts = ["waterproof jackets need washing"] * 200
    assert {distance(texts[0], text) for text in spoiled(texts, 1)} <= {
        0,
        1,
        2,
    }  # swapping two letters reads as two
    assert len(set(spoiled(texts, 1))) > 50


def test_keys_have_their_neighbours() -> None:
    assert set(NEIGHBOURS["s"]) == set("adwezx")
    assert all(len(around) >= 2 for around in NEIGHBOURS.values())
