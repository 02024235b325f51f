"""The demo's cast and data: a complete platform to try things on, made anew at every start.

Nothing here is known to the product: it uses the same services as everybody.
"""
