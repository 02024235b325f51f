"""Pipelines and their stages (api-v4.md 3.4, 3.5).

Owns which stages exist and in which order. The leads in them are owned above;
what needs them is handed in.
"""
