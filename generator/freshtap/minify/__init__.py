"""JavaScript → less of it: by jsmin, by tdewolff's minifier through an extra, or not at all.

jsmin takes away comments and blanks, and knows little of JavaScript: it never ends on a comment that does not, loses
the rest of the script at a text that does not end, and changes what some code means. The templates keep to what it
handles (see CONTRIBUTING), and :mod:`.javascript` refuses the worst before jsmin sees it. What takes more than that is
done around it: :mod:`.arrangement`, :mod:`.parameters` and :mod:`.names` before, :mod:`.statements` and
:mod:`.expressions` after.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import jsmin

from freshtap.errors import BuildError, needs
from freshtap.minify.arrangement import arranged
from freshtap.minify.names import shortened
from freshtap.minify.parameters import parametrized
from freshtap.minify.statements import squeezed


def compact(source: str) -> str:
    """``source`` without blanks, its statements short; names and order are as they were."""
    return squeezed(str(jsmin.jsmin(source))).strip() + "\n"


def prepared(source: str) -> str:
    """``source`` with its functions in front, their variables as parameters."""
    return parametrized(arranged(source))


def _with_jsmin(source: str) -> str:
    return compact(shortened(prepared(source)))


def _with_tdewolff(source: str) -> str:
    try:
        import minify as tdewolff  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise BuildError(needs("--minifier tdewolff", "tdewolff")) from error
    # It knows more of JavaScript, but chooses names with less regard to what compresses well, and would write what only
    # newer browsers read.
    tdewolff.config({"js-keep-var-names": True, "js-version": 2017})
    return _ascii(str(tdewolff.string("text/javascript", _with_jsmin(source)))).strip() + "\n"


def _ascii(script: str) -> str:
    """The script with escapes: what a page takes other characters for depends on the page's encoding."""
    return re.sub(r"[^\x00-\x7f]+", lambda found: json.dumps(found[0])[1:-1], script)


_MINIFIERS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {"jsmin": _with_jsmin, "tdewolff": _with_tdewolff, "none": lambda source: source}
)

#: The names that :func:`minified` takes; the first is the default.
MINIFIERS: Final = tuple(_MINIFIERS)


def minified(source: str, minifier: str) -> str:
    """``source``, made smaller. Raises :class:`BuildError` where the minifier is not installed or cannot handle it."""
    return _MINIFIERS[minifier](source)


@cache
def installed() -> tuple[str, ...]:
    """Those of the minifiers that are installed."""

    def works(minifier: str) -> bool:
        try:
            minified("", minifier)
        except BuildError:
            return False
        return True

    return tuple(filter(works, MINIFIERS))
