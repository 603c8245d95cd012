"""A slow, independent pricing oracle written from the rule book alone.

It shares no code with the library under test.  Rule numbers (R1 to R39) in the
docstrings refer to the payment rules the library implements.
"""
