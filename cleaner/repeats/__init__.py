"""Finders of what one document says twice: titles, captions, paragraphs. Next: `pipeline`, which runs all finders.

`likeness` compares two paragraphs, `search` finds candidates for it, `copies` decides which paragraph goes.
"""
