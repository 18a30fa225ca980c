"""Parts of the sentences in which ``verify`` tells what it found out."""

from __future__ import annotations

from collections.abc import Iterable


def listed(things: Iterable[str]) -> str:
    """The first five of them, and how many more there are."""
    named = list(things)
    return ", ".join(named[:5]) + (f" and {len(named) - 5} more" if len(named) > 5 else "")


def counted(count: int, one: str, several: str = "") -> str:
    """So many of something. Without ``several``: ``one`` with an s."""
    return f"{count} {one if count == 1 else several or f'{one}s'}"


def sentence(text: str) -> str:
    """The text as the end of a sentence."""
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
