"""Why leads are lost (api-v4.md 3.3): the reasons to choose from."""
