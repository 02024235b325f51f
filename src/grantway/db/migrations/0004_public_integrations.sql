-- Public integrations: drafts, texts by language, the kill switch.

-- What a public integration shows in its main language; other languages stand in integration_texts.
alter table integrations add column language text not null default 'en';
alter table integrations add column short_description text not null default '';
alter table integrations add column instructions text not null default '';
alter table integrations add column owner_name text not null default '';
alter table integrations add column owner_uri text;
alter table integrations add column privacy_uri text;
alter table integrations add column has_widget boolean not null default false;
-- Set when a button on a site made the integration: where its keys went (authorization.md 10).
alter table integrations add column secrets_uri text;
-- When it was first published: from then on it can be taken back, but no more be deleted.
alter table integrations add column published_at bigint;
-- The platform's operator stopped it everywhere; the status before that comes back with it.
alter table integrations add column disabled_at bigint;
alter table integrations add column disabled_reason text;
alter table integrations add column status_before text;

create table integration_texts (
    client_id text not null references integrations (client_id),
    language text not null,
    name text not null,
    short_description text not null,
    description text not null,
    instructions text not null,
    primary key (client_id, language)
) /* sqlite: without rowid */;
