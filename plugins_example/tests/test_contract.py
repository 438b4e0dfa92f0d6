"""Everything that this plugin registers, held to the contract: one test for each."""

from minigrad_core.testing import contract_tests

test_contract = contract_tests("example")
