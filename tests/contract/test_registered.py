"""Everything that any installed plugin registers keeps the contract; nothing of it is named here."""

from __future__ import annotations

from minigrad_core.testing import contract_tests

test_contract = contract_tests()
