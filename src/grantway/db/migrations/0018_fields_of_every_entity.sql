-- Groups of custom fields, and the fields that every account has from its beginning.

-- only postgresql
create sequence field_group_ids;

-- Those that are there by themselves (`default`, `statistic`) have no row.
create table custom_field_groups (
    account_id bigint not null references accounts (id),
    entity_type text not null,
    id text not null,
    name text not null,
    sort bigint not null,
    primary key (account_id, entity_type, id)
) /* sqlite: without rowid */;

-- Until now a field could name any group, and none existed.
update custom_fields set group_id = null where group_id <> 'statistic';

-- The accounts that are there already get what new ones begin with: names as in
-- grantway.crm.fields.model.predefined.
create temporary table beginnings (
    entity_type text not null,
    type text not null,
    code text not null,
    name text not null,
    sort bigint not null
);
insert into beginnings values
    ('contacts', 'text', 'POSITION', 'Position', 2),
    ('contacts', 'multitext', 'PHONE', 'Phone', 4),
    ('contacts', 'multitext', 'EMAIL', 'Email', 6),
    ('companies', 'multitext', 'PHONE', 'Phone', 2),
    ('companies', 'multitext', 'EMAIL', 'Email', 4),
    ('companies', 'url', 'WEB', 'Web', 6),
    ('companies', 'textarea', 'ADDRESS', 'Address', 8);

create temporary table beginning_kinds (code text not null, value text not null, sort bigint not null);
insert into beginning_kinds values
    ('PHONE', 'WORK', 0), ('PHONE', 'WORKDD', 1), ('PHONE', 'MOB', 2),
    ('PHONE', 'FAX', 3), ('PHONE', 'HOME', 4), ('PHONE', 'OTHER', 5),
    ('EMAIL', 'WORK', 0), ('EMAIL', 'PRIV', 1), ('EMAIL', 'OTHER', 2);

-- A field that has such a code already becomes the predefined one.
update custom_fields set is_predefined = true, is_deletable = false
 where exists (select 1 from beginnings b
                where b.entity_type = custom_fields.entity_type and b.code = custom_fields.code
                  and b.type = custom_fields.type);

-- only sqlite
insert into id_series (name, last_id) values ('field', 0), ('enum', 0)
on conflict (name) do nothing;

-- only postgresql
insert into custom_fields (account_id, id, entity_type, type, name, code, sort, group_id,
                           is_api_only, is_predefined, is_deletable, required_statuses,
                           hidden_statuses, chained_lists)
select a.id, nextval('field_ids'), b.entity_type, b.type, b.name, b.code, b.sort, null,
       false, true, false, '[]', '[]', '[]'
  from accounts a cross join beginnings b
 where not exists (select 1 from custom_fields f
                    where f.account_id = a.id and f.entity_type = b.entity_type
                      and f.code = b.code);

-- only sqlite
insert into custom_fields (account_id, id, entity_type, type, name, code, sort, group_id,
                           is_api_only, is_predefined, is_deletable, required_statuses,
                           hidden_statuses, chained_lists)
select a.id,
       (select last_id from id_series where name = 'field')
           + row_number() over (order by a.id, b.rowid),
       b.entity_type, b.type, b.name, b.code, b.sort, null,
       false, true, false, '[]', '[]', '[]'
  from accounts a cross join beginnings b
 where not exists (select 1 from custom_fields f
                    where f.account_id = a.id and f.entity_type = b.entity_type
                      and f.code = b.code);

-- only postgresql
insert into custom_field_enums (account_id, id, field_id, value, sort, code)
select f.account_id, nextval('enum_ids'), f.id, k.value, k.sort, null
  from custom_fields f join beginning_kinds k on k.code = f.code
 where f.is_predefined and f.type = 'multitext'
   and not exists (select 1 from custom_field_enums e
                    where e.account_id = f.account_id and e.field_id = f.id);

-- only sqlite
insert into custom_field_enums (account_id, id, field_id, value, sort, code)
select f.account_id,
       (select last_id from id_series where name = 'enum')
           + row_number() over (order by f.account_id, f.id, k.sort),
       f.id, k.value, k.sort, null
  from custom_fields f join beginning_kinds k on k.code = f.code
 where f.is_predefined and f.type = 'multitext'
   and not exists (select 1 from custom_field_enums e
                    where e.account_id = f.account_id and e.field_id = f.id);

-- only sqlite
update id_series
   set last_id = max(last_id, (select coalesce(max(id), 0) from custom_fields))
 where name = 'field';

-- only sqlite
update id_series
   set last_id = max(last_id, (select coalesce(max(id), 0) from custom_field_enums))
 where name = 'enum';

drop table beginnings;
drop table beginning_kinds;
