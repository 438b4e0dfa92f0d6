"""One test for each law and each object that this plugin registers."""

from minigrad_core.testing import contract_tests

test_contract = contract_tests("example")
