"""Every operation, initializer and optimizer of every installed plugin, without naming one."""

from minigrad_core.testing import contract_tests

test_contract = contract_tests()
