-- Bounds for what consent leaves behind.

-- Set while nobody has taken the keys of an integration that a button on a site made: by when
-- somebody must have. One that ends without keeps it, and is removed for good later.
alter table integrations add column keys_due_at bigint;
create index integrations_without_keys on integrations (keys_due_at)
    where keys_due_at is not null;

-- An answered question is removed by its answer; of the others a session has the newest few.
delete from authorization_requests where answered_at is not null;
alter table authorization_requests drop column answered_at;
create index authorization_requests_of_a_session
    on authorization_requests (session_id, shown_at_ms);
