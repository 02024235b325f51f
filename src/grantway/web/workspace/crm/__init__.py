"""Leads, contacts, companies, notes and tasks as people see and change them.

Whatever a form changes goes through the services that the API uses, so rights,
events and webhooks are the same.
"""
