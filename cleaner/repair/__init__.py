"""Finders for damage that needs code rather than a pattern, one module a kind.

`mojibake`: text decoded in the wrong encoding; `characters`: characters nobody sees or wants; `entities`: HTML
entities left in text; `markup`: HTML tags left or planted in text; `notes`: pinyin readings in brackets; `losses`:
damage that is only pointed at.
"""
