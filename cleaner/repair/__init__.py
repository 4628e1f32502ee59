"""Finders for damage that needs code rather than a pattern, one module a kind.

`characters`: characters nobody sees or wants; `entities`: HTML entities left in text; `markup`: HTML tags
left or planted in text; `notes` and `spurious`: readings in brackets that a script inserted; `shear`: runs of false
characters that such a script left; `holes`: characters lost as “?”; `spacing`, `layout`: blanks, line ends and page marks
of a print layout; `losses`: damage that is only pointed at. `pinyin` says what a reading is.
"""
