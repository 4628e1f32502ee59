"""The error tree: everything the package raises on purpose. Every other module raises from here.

    CleanerError
    ├── StaleEditError    an edit that does not fit the text it is applied to
    ├── RuleError         a rule file, or a rule in it, that cannot be used
    ├── ConditionError    a condition for dropping documents that cannot be understood
    ├── InputError        an input that cannot be cleaned
    │   └── PackedError   one that is packed, and nothing says so
    ├── OutputError       an output that cannot have its name
    ├── ReportError       a report that does not belong to the text it is used with
    ├── StoredIndexError  an index of seen texts that cannot be used
    ├── ConfigError       a file with options that cannot be used
    ├── EngineError       workers, or a cluster, that cannot do what they are to do
    ├── BusyError         a folder that another run is writing to
    ├── ChangedError      an input that is not what it was when the run began
    ├── AccountError      an account of a run that doesn't balance
    └── AbsentError       an adapter, or an engine, whose package is not installed

A message says where, what, and what to do.
"""


class CleanerError(Exception):
    """Base of all errors raised on purpose."""


class StaleEditError(CleanerError):
    """An edit expects other text at its place than what stands there."""


class RuleError(CleanerError):
    """A rule file cannot be used; the message names file, rule, what is wrong and what to do."""


class ConditionError(CleanerError):
    """A condition for dropping documents is wrong; the message says where, and what could stand there."""


class InputError(CleanerError):
    """An input cannot be cleaned, as a rule because it is no text; the message says why and what to do."""


class PackedError(InputError):
    """An input is packed, and nothing says so."""


class OutputError(CleanerError):
    """A file cannot be written because of its own name; the message says why and what to do."""


class ReportError(CleanerError):
    """A report does not fit the text it is used with, or is no report at all."""


class StoredIndexError(CleanerError):
    """An index of seen texts cannot be used; the message says where it is, why and what to do."""


class ConfigError(CleanerError):
    """A file with options cannot be used; the message names file, line and key, what is wrong and what to do."""


class EngineError(CleanerError):
    """Workers or a cluster cannot do their work; the message says why and what to do."""


class BusyError(CleanerError):
    """Another run is writing to the folder; the message names it."""


class ChangedError(CleanerError):
    """An input changed or vanished while a run was reading it; the message names it."""


class AccountError(CleanerError):
    """What came in is not what went out: a fault of the package; the message has the numbers."""


class AbsentError(CleanerError, ImportError):
    """The package that an adapter or an engine is for is not installed; the message names the extra that brings it."""
