"""A row of the fault report, and what was found."""

from dataclasses import dataclass

from reliability.acts import Act

@dataclass(frozen=True)
class Row:
    """A fault and an operation."""

    name: str
    #: In words, as the table has it.
    fault: str
    act: Act
    operation: str = "list_jobs"
    #: What bounds the wait: a key of `table.BOUNDS`.
    bound: str = "none"


@dataclass(frozen=True)
class Section:
    """Rows about one thing."""

    title: str
    rows: tuple[Row, ...]
