"""The knowledge base: articles that editors write, and answers found in them. Start reading in `library`.

Other packages may import `opening`, `library`, `api`, `errors` and `wire`. Nothing is imported here: `speller` is read
by the assistant too, whose Python has none of the packages that the library is made of.
"""
