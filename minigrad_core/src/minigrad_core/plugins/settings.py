"""Whether what the user decided names things that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import PluginSettingError
from .names import canonical
from .policy import PREFER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .discovery import Claim
    from .policy import Policy


def check_settings(policy: Policy, claims: Mapping[str, Sequence[Claim]]) -> None:
    """Check the allow list and the preferences against what is installed: namespace -> who claims it.

    An unknown name in the deny list is harmless, and only reported by `minigrad plugins`.

    Raises
    ------
    PluginSettingError
        A name in one of them is not installed.
    """
    for namespace in sorted(policy.allow or ()):
        if namespace not in claims:
            raise PluginSettingError(
                f"{policy.allowed_by} names {namespace!r}, and no installed distribution has that namespace;"
                f" installed are: {', '.join(sorted(claims)) or 'none'}"
            )
    for namespace, distribution in policy.prefer.items():
        owners = {claim.canonical for claim in claims.get(namespace, ())}
        if canonical(distribution) not in owners:
            raise PluginSettingError(
                f"{PREFER} chooses {distribution!r} for {namespace!r}, and no installed distribution of that"
                f" name has that namespace; it is claimed by: {', '.join(sorted(owners)) or 'none'}"
            )
