"""Whether a distribution declares the functions that its operations answer for."""

from ..plugins.function_claims import FunctionClaims
from ..plugins.names import leads_to
from ..plugins.plugin import Plugin
from ..tensor.protocols import name_of


def differences(plugin: Plugin, claims: FunctionClaims) -> list[str]:
    """Return a line for each function that a loaded plugin declares and does not answer for, or vice versa.

    One that declares nothing is free to answer for what it likes.
    """
    declared = [path for claim in plugin.claims for path in claim.functions]
    made = [function for function, _ in claims.of(plugin.namespace)]
    idle = [path for path in declared if not any(leads_to(path, f) for f in made)]
    silent = [name_of(f) for f in made if declared and not any(leads_to(path, f) for path in declared)]
    return [
        *(f"{path} is declared in the entry points, and no operation answers for it" for path in idle),
        *(f"{name} is answered for, and not declared" for name in silent),
    ]
