"""`mg.compile`: a function, replayed without the engine."""

from .compiled import Compiled, compile  # noqa: A004 - the name under which users know the function

__all__ = ["Compiled", "compile"]
