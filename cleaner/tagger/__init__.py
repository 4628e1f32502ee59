"""What kind of line each line of a page is.

`letters` counts what lines are made of, `features` describes them by that, `model` weighs them along the page.
"""
