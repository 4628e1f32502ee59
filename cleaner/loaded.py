"""When this process began to load the package, noted before all else. Next: `digests`, which asks."""

from time import time
from typing import Final

AT: Final = time()
