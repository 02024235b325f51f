"""What the generated reference says where the code has a name and no sentence.

Each table is complete: a name without a sentence stops the generator, and a
sentence without a name fails its test.
"""

from grantway.audit import Event

EVENTS = {
    Event.SIGNED_IN: "A person signed in.",
    Event.SIGN_IN_REFUSED: "Somebody tried to sign in and was refused.",
    Event.SIGNED_OUT: "A person signed out.",
    Event.SESSION_ENDED: "A person ended one of their sessions, or all others.",
    Event.PASSWORD_CHANGED: "A person changed their password; their other sessions ended.",
    Event.PASSWORD_SET: "The operator set a person's password; all their sessions ended.",
    Event.PASSWORD_PROVED: "A person gave the password again before something sensitive.",
    Event.USER_CREATED: "A person was created.",
    Event.USER_ADDED: "A person was added to an account.",
    Event.ROLE_CHANGED: "A person got another role in an account.",
    Event.USER_DEACTIVATED: "A person was deactivated, in an account or everywhere.",
    Event.USER_ACTIVATED: "A person was activated again, in an account or everywhere.",
    Event.ACCOUNT_CREATED: "An account was created.",
    Event.ACCOUNT_SUSPENDED: "An account was suspended; its tokens and pages wait.",
    Event.ACCOUNT_RESUMED: "A suspended account works again.",
    Event.INTEGRATION_CREATED: "An integration was created.",
    Event.INTEGRATION_CHANGED: "An integration's settings changed.",
    Event.INTEGRATION_DELETED: "An integration was deleted, and all its tokens with it.",
    Event.SECRET_GENERATED: "An integration got a new secret key; the one before is dead.",
    Event.INSTALLED: "An integration was installed in an account.",
    Event.UNINSTALLED: "An installation ended, and every grant below it.",
    Event.CODE_ISSUED: "An administrator took a fresh authorization code.",
    Event.LONG_LIVED_TOKEN_ISSUED: "A long-lived token was generated.",
    Event.LONG_LIVED_TOKEN_REVOKED: "A long-lived token was revoked.",
    Event.SIGNING_KEY_CREATED: "A signing key was created.",
    Event.PIPELINE_CHANGED: "A pipeline or its stages were added or changed.",
    Event.PIPELINE_DELETED: "A pipeline was deleted.",
    Event.CUSTOM_FIELD_CHANGED: "A custom field was added or changed.",
    Event.CUSTOM_FIELD_DELETED: "A custom field was deleted.",
}

LOG_EVENTS = {
    "http.answered": "A request was answered: method, host, path, status, milliseconds.",
    "api.refused": "The API refused a request; `why` says what the public text does not.",
    "api.failed": "A fault of ours in the API, with its traceback.",
    "api.use_not_noted": "A token's last use could not be stored; the answer was sent.",
    "api.overtaken": "Another change came first; the operation is done again.",
    "page.refused": "A page refused a request; `why` says what the page does not.",
    "page.failed": "A fault of ours in a page, with its traceback.",
    "health.not_ready": "The server cannot answer; `why` names the kind of error.",
    "sweeper.swept": "What is over was removed; `removed` counts rows.",
    "sweeper.failed": "Removing failed; the next hour tries again.",
}

READY_FILE = {
    "version": "The version of this form, 1. Members are added and never taken away.",
    "base_domain": "The domain below which all hosts lie.",
    "scheme": "`http` or `https`.",
    "port": "Where the server listens.",
    "public_port": "The port that clients use; it stands in every address.",
    "ca_file": "The PEM file of the authority that clients must trust; null without TLS.",
    "pid": "The server's process.",
    "urls.public": "The public host.",
    "urls.control": "The control origin: sign-in, integrations, keys.",
    "urls.api": "The shared API host.",
    "urls.static": "The host of files without cookies.",
    "moderator.email": "With what the moderator signs in.",
    "moderator.password": "The moderator's password.",
    "accounts.*.id": "The account's id.",
    "accounts.*.url": "The account's origin: its workspace and its API.",
    "accounts.*.users[].id": "The user's id.",
    "accounts.*.users[].name": "What people call the user.",
    "accounts.*.users[].email": "With what the user signs in.",
    "accounts.*.users[].password": "The user's password.",
    "accounts.*.users[].role": "`administrator` or `user`.",
    "integrations.*.account": "The subdomain of the account that owns it.",
    "integrations.*.client_id": "The integration ID.",
    "integrations.*.client_secret": "The secret key.",
    "integrations.*.redirect_uri": "The redirect URI, exactly as registered.",
    "integrations.*.status": "`private`.",
    "integrations.*.long_lived_token": "A long-lived token that works for a year.",
    "integrations.*.revoked_token": "A long-lived token that was revoked; it must get 401.",
}
