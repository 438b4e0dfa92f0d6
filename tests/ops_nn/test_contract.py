"""Every operation, initializer and optimizer of nn, held to the contract without an exemption."""

from minigrad_core.testing import contract_tests

test_contract = contract_tests("nn")
