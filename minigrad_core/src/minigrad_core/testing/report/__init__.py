"""Reports, the messages of failures, scripts that reproduce them, and exemptions."""
