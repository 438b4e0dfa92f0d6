"""The laws of the contract, a file for each."""
