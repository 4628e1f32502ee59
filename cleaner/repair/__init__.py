"""Finders for damage that needs code rather than a pattern, one module a kind.

`characters`: characters nobody sees or wants; `entities`: HTML entities left in text; `markup`: HTML tags
left or planted in text; `notes` and `spurious`: readings in brackets that a script inserted; `losses`: damage that is
only pointed at. `pinyin` says what a reading is.
"""
