"""How likely a run of Chinese characters is: a small bigram model over the fold, for both scripts.

`build` makes its table from word frequencies; `repair` asks it which of several readings of damaged bytes is
Chinese.
"""

from cleaner.language.model import START, LanguageModel, frequencies, is_hanzi, load

__all__ = ["START", "LanguageModel", "frequencies", "is_hanzi", "load"]
