"""Right operations: those with a fault inherit from them, and override the one method that holds it."""
