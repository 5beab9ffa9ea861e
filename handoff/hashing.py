"""Which of several equal processes a conversation belongs to, by rendezvous hashing.

Every process weighs every conversation by a digest of both names; the heaviest has it. One that goes away moves only its
own conversations, and they spread evenly over those that stay. Pure: it knows no processes.
"""

import hashlib
from collections.abc import Iterable


def weight(key: str, node: str) -> int:
    """How much `node` weighs for `key`; the same on every machine and in every process."""
    digest = hashlib.blake2b(key.encode(), key=hashlib.blake2b(node.encode(), digest_size=32).digest())
    return int.from_bytes(digest.digest()[:8])


def ranking(key: str, nodes: Iterable[str]) -> list[str]:
    """`nodes` in the order in which `key` goes to them: the first one that is there has it."""
    return sorted(nodes, key=lambda node: (weight(key, node), node), reverse=True)
