"""A group of commands one of which goes without saying: footprint import FILES."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

from footprint.texts import say

DEFAULT = "files"


class FilesFirst(TyperGroup):
    """A group whose first word is a file unless it is one of its commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command that imports before anything that is not a command."""
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h"):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """The options of the command that goes without saying, which nobody would look for elsewhere."""
        records = [param.get_help_record(ctx) for param in self.commands[DEFAULT].params]
        with formatter.section(
            say("Options de « footprint import FICHIERS »", "Options of “footprint import FILES”")
        ):
            formatter.write_dl([record for record in records if record])
        super().format_epilog(ctx, formatter)
