"""The commands of this package. The only room that parses arguments, prints, or listens to signals."""
