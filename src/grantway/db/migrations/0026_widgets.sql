-- Widgets: archives that integrators upload, where one is in force, and what installing one keeps.

-- only postgresql
create sequence widget_ids;

-- One of an integration, made by its first upload. The account is the integration's owner.
create table widgets (
    account_id bigint not null references accounts (id),
    client_id text not null references integrations (client_id),
    id bigint not null,
    -- Stands in the addresses of its files, and is not to be guessed.
    code text not null,
    -- The newest number of its archives: none is given twice, as browsers keep files by it.
    last_number bigint not null,
    created_at bigint not null,
    primary key (account_id, client_id)
) /* sqlite: without rowid */;
create unique index widgets_by_client on widgets (client_id);
create unique index widgets_by_id on widgets (id);
create unique index widgets_by_code on widgets (code);

-- The first upload of an integration is number 1; the same files again are the same number.
create table widget_archives (
    account_id bigint not null,
    client_id text not null,
    number bigint not null,
    -- SHA-256 of paths and digests of the files that are kept.
    content_hash text not null,
    -- manifest.json, and what was noticed at the upload without refusing it; both are JSON.
    manifest text not null,
    warnings text not null,
    files bigint not null,
    bytes bigint not null,
    uploaded_at bigint not null,
    uploaded_by bigint not null,
    -- When somebody last uploaded it, or began or ceased to use it.
    wanted_at bigint not null,
    -- When it was first put before the public: from then on everybody may read its files.
    published_at bigint,
    primary key (account_id, client_id, number),
    foreign key (account_id, client_id) references widgets (account_id, client_id)
) /* sqlite: without rowid */;
create unique index widget_archives_by_content
    on widget_archives (account_id, client_id, content_hash);
-- Whether somebody else published the same.
create index widget_archives_published on widget_archives (content_hash)
    where published_at is not null;

-- Each content once in an account. What a row tells comes before content, so that reading it does
-- not read the file.
create table widget_blobs (
    account_id bigint not null references accounts (id),
    -- SHA-256 of content.
    hash text not null,
    wanted_at bigint not null,
    bytes bigint not null,
    content bytea not null,
    primary key (account_id, hash)
);

create table widget_files (
    account_id bigint not null,
    client_id text not null,
    number bigint not null,
    path text not null,
    blob_hash text not null,
    bytes bigint not null,
    primary key (account_id, client_id, number, path),
    foreign key (account_id, client_id, number)
        references widget_archives (account_id, client_id, number) on delete cascade,
    foreign key (account_id, blob_hash) references widget_blobs (account_id, hash)
) /* sqlite: without rowid */;
create index widget_files_of_a_blob on widget_files (account_id, blob_hash);

-- Which version of a public integration has which archive.
create table widget_uses (
    account_id bigint not null,
    client_id text not null,
    version bigint not null,
    number bigint not null,
    primary key (account_id, client_id, version),
    foreign key (account_id, client_id, number)
        references widget_archives (account_id, client_id, number),
    foreign key (account_id, client_id, version)
        references versions (account_id, client_id, number) on delete cascade
) /* sqlite: without rowid */;
create index widget_uses_of_an_archive on widget_uses (account_id, client_id, number);

-- The archive in force; null: none. In a trial account, that of the version which is reviewed.
alter table integrations add column archive_number bigint;
alter table trial_accounts add column archive_number bigint;

-- What was installed before widgets were is ready to be used, and came by consent.
alter table installations add column status text not null default 'installed'
    check (status in ('installed', 'not_configured'));
alter table installations add column channel text not null default 'consent'
    check (channel in ('consent', 'ui', 'api', 'operator'));

-- What users of an account typed into a widget's form. It survives uninstalling.
create table widget_settings (
    account_id bigint not null references accounts (id),
    client_id text not null references integrations (client_id),
    -- JSON: values by the codes of fields.
    settings text not null,
    updated_at bigint not null,
    updated_by bigint not null,
    primary key (account_id, client_id)
) /* sqlite: without rowid */;
