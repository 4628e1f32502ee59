"""The command that drafts rules for what the documents of a site share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cleaner.amounts import amount
from cleaner.cli.options import (
    SOME_FAILED,
    HtmlColumn,
    IdColumn,
    TextColumn,
    UrlColumn,
    check_inputs,
    check_least,
    cleaner_of,
    columns_of,
    misuse,
    progress,
    say,
    written_to,
)

if TYPE_CHECKING:  # the rest is imported where it is used, so that --help comes at once
    from cleaner.run import Mined

_MOST_DROPPED: Final = 20  # templates without a rule that are printed


def mine(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders or addresses, as for clean.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The rule file to write.")],
    least: Annotated[
        int, typer.Option("--least", metavar="N", help="Documents of one host or folder that share a template.")
    ] = 5,
    text_column: TextColumn = "",
    id_column: IdColumn = "",
    url_column: UrlColumn = "",
    html_column: HtmlColumn = "",
) -> None:
    """Find lines and blocks that documents of one host or folder share, and draft a rule file of them.

    Example: [bold]cleaner mine pages -o site.toml[/bold]
    """
    from cleaner.run import mine_files

    check_inputs(inputs)
    if out.suffix != ".toml":
        misuse(f"{out}: a rule file is TOML; give it a name that ends in .toml")
    if not least:
        misuse("--least: name how many documents share a template, 3 at least")
    check_least("--least", least)
    columns = columns_of(text=text_column, id_=id_column, url=url_column, html=html_column)
    cleaner = cleaner_of()
    with progress("mining") as tell, written_to(out, "a FILE"):
        mined = mine_files(inputs, out, cleaner, least=least, columns=columns, tell=tell)
    _print_mined(mined, out)
    if mined.failures:
        raise typer.Exit(SOME_FAILED)


def _print_mined(mined: Mined, out: Path) -> None:
    from cleaner.workbench.rulefile import shown

    dropped = [draft for draft in mined.drafts if draft.table is None]
    standing = [draft for draft in mined.drafts if draft.table is not None]
    for draft in [*standing, *dropped[:_MOST_DROPPED]]:
        what = "dropped" if draft.table is None else "flags" if draft.table.get("flag") else "removes"
        reason = f": {draft.dropped}" if draft.dropped else ""
        template = draft.template
        say(f"{what:<8} {shown(template.sample)} {template.share}: {', '.join(template.places)}{reason}")
    if len(dropped) > _MOST_DROPPED:
        say(f"dropped  {len(dropped) - _MOST_DROPPED} more")
    if mined.rules:
        them = "it" if mined.rules == 1 else "them"
        say(f"{amount(mined.documents, 'document')}, {amount(mined.rules, 'rule')}: read {them} in {out}")
    else:
        say(f"{amount(mined.documents, 'document')}, and nothing in them that a rule can be made of: no file written")
