"""Finders for damage that needs code rather than a pattern, one module a kind.

`mojibake`: text decoded in the wrong encoding; `characters`: characters nobody sees or wants; `escapes`, `entities`,
`markup`: escapes, HTML entities and tags left or planted in text; `jammers`, `filters`: what a site put into its text
against copying, or a writer against a word filter; `notes` and `spurious`: readings in brackets that a script inserted;
`shear`: runs of false characters that such a script left; `holes`: characters lost as “?”; `spacing`, `layout`: blanks,
line ends and page marks of a print layout; `losses`: damage that is only pointed at. `pinyin` says what a reading is,
`words` whether a page speaks of a subject.
"""
