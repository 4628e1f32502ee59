"""What kind of line each line of a page is: `features` describe lines, `model` weighs them along the page."""
