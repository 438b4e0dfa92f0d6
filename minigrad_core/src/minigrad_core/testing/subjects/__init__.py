"""Subjects: the functions under test, and the adapter for operations of minigrad."""
