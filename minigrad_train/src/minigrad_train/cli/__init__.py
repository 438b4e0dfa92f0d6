"""The commands of this package. Only this folder parses arguments, prints, and handles signals."""
