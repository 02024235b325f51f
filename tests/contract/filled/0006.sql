-- One row for each table that the step to version 6 makes.

insert into authorization_requests (request_hash, session_id, user_id, client_id, redirect_uri,
    mode, shown_hash, shown_at_ms, expires_at) values
    ('h', 's', 1, 'c', 'https://a.example/', 'popup', 'f', 100000, 700);
