"""What the kit says: reports, the six parts of a message, scripts that reproduce, exemptions."""
