"""What has changed: every write of the CRM tells here what it did, in its own transaction.

It becomes events, which `events` reads, and deliveries of account webhooks. Owns the events.
"""
