"""`minigrad completion`, and the completion of names that the installed plugins provide."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from ..dispatch import initializers, ops, optimizers
from ..errors import MinigradError
from ..plugins.startup import plugin_loader
from .pure_output import divert_output

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

# Bash ends a word at a colon, which would cut `nn::relu` in three.
BASH = "COMP_WORDBREAKS=${COMP_WORDBREAKS//:}"


INSTALL = """\b
Examples:
  bash: eval "$(minigrad completion bash)"        in ~/.bashrc
  zsh:  eval "$(minigrad completion zsh)"         in ~/.zshrc, after compinit
  fish: minigrad completion fish | source         in ~/.config/fish/config.fish
"""


@click.command(epilog=INSTALL)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a script that lets a shell complete the command line.

    The shell then completes commands, options, and the names of operations, initializers, optimizers,
    namespaces, models and run folders.
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # click knows all three
    if shell == "bash":
        click.echo(BASH)
    click.echo(kind(ctx.find_root().command, {}, "minigrad", "_MINIGRAD_COMPLETE").source())


def complete_from(names: Callable[[], Iterable[str]]) -> Completer:
    """Return a completer of a value, or of the last value in a list with commas, from these names."""

    def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        before, comma, last = incomplete.rpartition(",")
        try:
            with divert_output(silent=True):  # a shell reads standard output as completions
                known = sorted(names())
        except MinigradError:  # a shell cannot show an error
            return []
        return [CompletionItem(f"{before}{comma}{name}") for name in known if name.startswith(last)]

    return complete


complete_operations = complete_from(lambda: ops)
complete_initializers = complete_from(lambda: initializers)
complete_optimizers = complete_from(lambda: optimizers)
complete_namespaces = complete_from(lambda: plugin_loader().namespaces())
complete_subjects = complete_from(lambda: [*plugin_loader().namespaces(), *ops, *initializers, *optimizers])
