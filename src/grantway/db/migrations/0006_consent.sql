-- Consent.

-- A question to a user, from the page that asks to the answer (RFC 6749, 4.1.1): what the server
-- holds on to, whatever the form says. client_id is null where the answer makes the integration
-- (`proposal`, authorization.md 10). `state` is kept percent-encoded: it may be any bytes.
create table authorization_requests (
    request_hash text primary key,
    session_id text not null references sessions (id),
    user_id bigint not null references users (id),
    client_id text references integrations (client_id),
    proposal text,
    redirect_uri text not null,
    state text,
    mode text not null check (mode in ('popup', 'post_message')),
    opener text,
    code_challenge text,
    -- What was shown: asked again when it is no longer so (S-29).
    shown_hash text not null,
    -- In milliseconds, because an answer may come too soon (S-26).
    shown_at_ms bigint not null,
    expires_at bigint not null,
    answered_at bigint,
    check ((client_id is null) = (proposal is not null))
) /* sqlite: without rowid */;
create index authorization_requests_by_age on authorization_requests (expires_at);
