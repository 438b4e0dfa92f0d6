"""Ways to run the kit on subjects of other frameworks: `minigrad check`, and tests of pytest."""
