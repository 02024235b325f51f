-- The data that integrations work with: leads and what surrounds them.

-- only postgresql
create sequence lead_ids;

-- only postgresql
create sequence pipeline_ids;

-- Stages begin above 142 and 143, the two that every pipeline has.
-- only postgresql
create sequence stage_ids start with 1001;

-- only postgresql
create sequence stage_description_ids;

-- only postgresql
create sequence loss_reason_ids;

-- only postgresql
create sequence tag_ids;

-- only postgresql
create sequence field_ids;

-- only postgresql
create sequence enum_ids;

-- only sqlite
insert into id_series (name, last_id) values ('stage', 1000);

-- What a rendered entity shows of other rows (names of tags, fields, choices) is
-- as old as the epoch it was rendered in; a change of those rows starts a new one.
create table entity_epochs (
    account_id bigint not null references accounts (id),
    entity_type text not null,
    epoch bigint not null,
    primary key (account_id, entity_type)
) /* sqlite: without rowid */;

create table pipelines (
    account_id bigint not null references accounts (id),
    id bigint not null,
    name text not null,
    sort bigint not null,
    is_main boolean not null,
    is_unsorted_on boolean not null,
    is_archive boolean not null,
    primary key (account_id, id)
) /* sqlite: without rowid */;
create unique index one_main_pipeline on pipelines (account_id) where is_main;

-- The system stages 142 and 143 stand once in every pipeline.
create table stages (
    account_id bigint not null,
    pipeline_id bigint not null,
    id bigint not null,
    name text not null,
    sort bigint not null,
    color text not null,
    type bigint not null,
    is_editable boolean not null,
    primary key (account_id, pipeline_id, id),
    foreign key (account_id, pipeline_id) references pipelines (account_id, id)
) /* sqlite: without rowid */;

create table stage_descriptions (
    account_id bigint not null,
    id bigint not null,
    pipeline_id bigint not null,
    stage_id bigint not null,
    level text not null check (level in ('newbie', 'candidate', 'master')),
    description text not null,
    created_at bigint not null,
    created_by bigint not null,
    updated_at bigint not null,
    updated_by bigint not null,
    primary key (account_id, id)
);
create unique index one_description_of_a_level
    on stage_descriptions (account_id, pipeline_id, stage_id, level);

create table loss_reasons (
    account_id bigint not null references accounts (id),
    id bigint not null,
    name text not null,
    sort bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (account_id, id)
);

create table tags (
    account_id bigint not null references accounts (id),
    id bigint not null,
    entity_type text not null,
    name text not null,
    search_name text not null,
    color text,
    primary key (account_id, id)
);
create unique index tags_by_name on tags (account_id, entity_type, name);

create table custom_fields (
    account_id bigint not null references accounts (id),
    id bigint not null,
    entity_type text not null,
    type text not null,
    name text not null,
    code text,
    sort bigint not null,
    group_id text,
    is_api_only boolean not null,
    is_predefined boolean not null,
    is_deletable boolean not null,
    remind text,
    currency text,
    tracking_callback text,
    required_statuses text not null,
    hidden_statuses text not null,
    chained_lists text not null,
    primary key (account_id, id)
);
create unique index custom_fields_by_code on custom_fields (account_id, entity_type, code)
    where code is not null;

create table custom_field_enums (
    account_id bigint not null,
    id bigint not null,
    field_id bigint not null,
    value text not null,
    sort bigint not null,
    code text,
    primary key (account_id, id),
    foreign key (account_id, field_id) references custom_fields (account_id, id)
);
create index enums_of_a_field on custom_field_enums (account_id, field_id, sort);

-- Beside the entity's own copy of its values, one row per value for filters.
create table field_values (
    account_id bigint not null,
    entity_type text not null,
    field_id bigint not null,
    entity_id bigint not null,
    text_value text,
    number_value double precision,
    enum_id bigint
);
create index field_values_of_an_entity on field_values (account_id, entity_type, entity_id);
create index field_values_by_text on field_values (account_id, field_id, text_value, entity_id)
    where text_value is not null;
create index field_values_by_number on field_values (account_id, field_id, number_value, entity_id)
    where number_value is not null;
create index field_values_by_enum on field_values (account_id, field_id, enum_id, entity_id)
    where enum_id is not null;

-- document is the lead as the API prints it, rendered when the lead is written.
create table leads (
    account_id bigint not null references accounts (id),
    id bigint not null,
    name text not null,
    price_minor bigint not null,
    responsible_user_id bigint not null,
    pipeline_id bigint not null,
    status_id bigint not null,
    loss_reason_id bigint,
    source_id bigint,
    created_by bigint not null,
    updated_by bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    closed_at bigint,
    closest_task_at bigint,
    is_deleted boolean not null,
    visitor_uid text,
    tag_ids text not null,
    field_values text not null,
    search_text text not null,
    document_epoch bigint not null,
    document bytea not null,
    primary key (account_id, id),
    -- So that no lead stands in a stage that somebody else removes at the same moment.
    foreign key (account_id, pipeline_id, status_id) references stages (account_id, pipeline_id, id)
);
create index leads_by_update on leads (account_id, is_deleted, updated_at, id);
create index leads_by_creation on leads (account_id, is_deleted, created_at, id);
-- Begins as the foreign key does, for the removal of a stage to find its leads by.
create index leads_by_stage on leads (account_id, pipeline_id, status_id, is_deleted, updated_at, id);
create index leads_by_loss_reason on leads (account_id, loss_reason_id)
    where loss_reason_id is not null;
create index leads_by_user on leads (account_id, is_deleted, responsible_user_id, updated_at, id);
