"""The workspace as the host of widgets: what its pages tell the SDK, and what the SDK asks for.

`boot` puts the document of a page together, `hosting` puts it into pages; the
other files answer calls of the SDK.
"""
