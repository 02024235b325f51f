"""Installing widgets: the question to an administrator, what comes of it, settings, and the end.

It owns intents (questions that wait for a confirmation on the control origin), the settings that
widgets keep in an account, and the account's rule about who may install by the API.
"""
