"""What makes and checks the generated parts of the pages; `extension` hands them to Sphinx.

`markdown` reads pages, `examples`, `transcripts` and `names` check what they say against what the package does;
`rulebook`, `schemas` and `shearing` write tables; `picture` draws a report for the README.
"""
