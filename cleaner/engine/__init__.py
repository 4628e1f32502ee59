"""Who does the work: this process, a pool of processes, or a Ray cluster. Next: `language`, how Chinese reads.

An engine has workers, and what they do is one `map`: the same results in the same order, whoever does the work and
however many they are. What is done, how it is cut into pieces and what becomes of a piece that breaks its worker is for
the caller to say, as a `Job`.
"""

from cleaner.engine.alone import Serial
from cleaner.engine.cluster import Ray
from cleaner.engine.jobs import (
    LEAST_MEMORY,
    MEMORY,
    SECONDS,
    Budget,
    Engine,
    Item,
    Job,
    Piece,
    Result,
    Workers,
    simple,
)
from cleaner.engine.pool import Pool

__all__ = [
    "LEAST_MEMORY",
    "MEMORY",
    "SECONDS",
    "Budget",
    "Engine",
    "Item",
    "Job",
    "Piece",
    "Pool",
    "Ray",
    "Result",
    "Serial",
    "Workers",
    "simple",
]
