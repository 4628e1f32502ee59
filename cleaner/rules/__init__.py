"""Rules: what files say of dirt, matched on the fold of a text, and made to prove themselves. Next: `structure`."""

from cleaner.rules.keys import Schema, schema
from cleaner.rules.loading import RuleFile, load, of_tables, of_text, read, shipped_folder, to_try
from cleaner.rules.matching import Rule, RuleSet, of_definition
from cleaner.rules.proving import prove

__all__ = [
    "Rule",
    "RuleFile",
    "RuleSet",
    "Schema",
    "load",
    "of_definition",
    "of_tables",
    "of_text",
    "prove",
    "read",
    "schema",
    "shipped_folder",
    "to_try",
]
