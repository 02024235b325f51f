"""Linking entities with each other, and showing what is linked: who may, and what becomes of it."""
