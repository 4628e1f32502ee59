"""People look at what a run did, in a browser, and say of edits whether they are right. Next: `config`.

`doubting` says in which order to judge, `judging` knows the run and what was said of it, `pages` shows that, `guarding`
lets nobody else in, `serving` puts it on a port of this machine.
"""

from cleaner.errors import AbsentError
from cleaner.reviewing.doubting import CONVERSIONS
from cleaner.reviewing.judging import Review
from cleaner.sources.opening import absence

try:
    from cleaner.reviewing.serving import Door, listening, new_token, serve, server_of
except ImportError as error:
    raise AbsentError(f"cleaner review {absence((error.name or 'starlette').partition('.')[0], 'review')}") from error

__all__ = ["CONVERSIONS", "Door", "Review", "listening", "new_token", "serve", "server_of"]
