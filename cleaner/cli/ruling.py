"""The commands for who writes rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleaner.cli.options import fail, misuse, say, written_to
from cleaner.cli.running import command

if TYPE_CHECKING:  # the rest is imported where it is used, so that --help comes at once
    from cleaner.rules import Rule

rules_app = typer.Typer(no_args_is_help=True, help="List, show and test rules.")


@rules_app.command("list")
@command
def list_rules() -> None:
    """List all rules and lexicons with what they find.

    Example: [bold]cleaner rules list[/bold]
    """
    for rule in _shipped_rules():
        say(f"{rule.name:<40} {'flags: ' if rule.flag else ''}{rule.about}")


@rules_app.command("show")
@command
def show_rule(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="The rule's id, as in kind/id or alone.")],
) -> None:
    """Show one rule with its examples.

    Example: [bold]cleaner rules show share-bar[/bold]
    """
    from difflib import get_close_matches

    rules = {key: rule for rule in _shipped_rules() for key in (rule.id, rule.name)}
    if rule_id not in rules:
        near = get_close_matches(rule_id, rules, 1)
        misuse(
            f"no rule {rule_id!r}; "
            + (
                f"did you mean {near[0]!r}?"
                if near
                else "`cleaner rules list` names all rules of the rule files; what is built in, the README describes"
            )
        )
    for line in _described(rules[rule_id]):
        say(line)


@rules_app.command("test")
@command
def test_rules(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE...]", help="Rule files of your own to test beside the shipped ones."),
    ] = None,
) -> None:
    """Run the examples of all rules: each must do what it shows and leave all others' examples alone.

    Example: [bold]cleaner rules test site.toml[/bold]
    """
    from cleaner.errors import RuleError
    from cleaner.pipeline import prove, shipped_rule_files
    from cleaner.rules import load

    try:
        rules = load([*shipped_rule_files(), *(files or [])])
        prove(rules)
    except RuleError as error:
        fail(str(error))
    examples = sum(len(rule.changes) + len(rule.flags) + len(rule.keeps) for rule in rules.rules)
    say(f"{len(rules.rules)} rules, {examples} examples: all hold")


@rules_app.command("document")
@command
def document_rules(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder with the rule files.")],
) -> None:
    """Write FOLDER/README.md, which shows all its rules, and FOLDER/rule.schema.json, by which editors check them.

    Example: [bold]cleaner rules document rules[/bold]
    """
    from cleaner.errors import OutputError, RuleError
    from cleaner.pipeline import rule_files_in
    from cleaner.workbench.documenting import document

    if not rule_files_in(folder):
        misuse(f"{folder} holds no rule files; give a folder with .toml files of [[rule]] tables")
    try:
        with written_to(folder, "a FOLDER"):
            written = document(folder)
    except (RuleError, OutputError) as error:
        fail(str(error))
    for name in written:
        say(f"wrote {folder / name}")


def _shipped_rules() -> tuple[Rule, ...]:
    from cleaner import spam
    from cleaner.pipeline import shipped_rule_files
    from cleaner.rules import load

    return (*load(shipped_rule_files()).rules, *spam.load().rules)


def _described(rule: Rule) -> list[str]:
    lines = [
        rule.name,
        f"  {rule.about}",
        f"  scope: {rule.scope}" + (f", {rule.where}" if rule.scope == "line" else ""),
    ]
    lines += ["  only flags"] if rule.flag else []
    lines += ["  list items below go too"] if rule.heads else []
    lines += [f"  needs: {', '.join(rule.needs)}", f"  pattern: {rule.pattern}"] if rule.pattern else []
    lines += [f"  changes: {before!r} → {after!r}" for before, after in rule.changes]
    lines += [f"  flags: {text!r}" for text in rule.flags]
    return lines + [f"  keeps: {text!r}" for text in rule.keeps]
