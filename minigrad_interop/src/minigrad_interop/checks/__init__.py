"""Run the contract kit on subjects of other frameworks, with `minigrad check` or pytest."""
