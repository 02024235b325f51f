"""Contacts: the people of leads and companies, by their full and their separate names."""
