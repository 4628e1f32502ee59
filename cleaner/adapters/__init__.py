"""Other tools clean with this package: one module for each, named after the tool. Next: `cleaning`, which they share.

Every adapter cleans one text or HTML page at a time. What takes a whole collection is not theirs: near-duplicates are
found by `cleaner dedup`, lines that pages of a site share by `cleaner clean --templates`.
"""
