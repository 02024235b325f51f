-- What widgets keep beside their settings, and what they leave for a person to read.

-- Values of the other forms: of a trigger, of a bot's step, of a source of leads.
create table widget_forms (
    account_id bigint not null references accounts (id),
    client_id text not null references integrations (client_id),
    form text not null,
    -- A JSON object.
    content text not null,
    updated_at bigint not null,
    updated_by bigint not null references users (id),
    primary key (account_id, client_id, form)
) /* sqlite: without rowid */;

-- only postgresql
create sequence widget_message_ids;

-- Messages that wait until their reader opens a page; then they are gone.
create table widget_messages (
    account_id bigint not null references accounts (id),
    user_id bigint not null references users (id),
    id bigint not null,
    -- "call" or "error"; the widget that left it, or empty; a JSON object.
    kind text not null,
    code text not null,
    content text not null,
    created_at bigint not null,
    primary key (account_id, user_id, id)
) /* sqlite: without rowid */;

-- How widgets run; no row: in the page itself.
create table widget_rules (
    account_id bigint primary key references accounts (id),
    in_frames boolean not null,
    updated_at bigint not null
) /* sqlite: without rowid */;
