"""The Marketplace: listings of published integrations, finding them, and what users say of them.

There is one catalogue for each language. A listing exists where its texts are
written, and is met only while its integration is published (S-154).
"""
