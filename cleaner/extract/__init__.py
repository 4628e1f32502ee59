def extract(page): pass
