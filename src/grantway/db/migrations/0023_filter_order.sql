-- Values in the order in which their entities were changed: the first of many are found at once.

alter table field_values add column updated_at bigint not null default 0;

delete from field_values
 where entity_type = 'leads' and exists (
    select 1 from leads
     where leads.account_id = field_values.account_id and leads.id = field_values.entity_id
       and leads.is_deleted
 );

update field_values set updated_at = coalesce((
    select leads.updated_at from leads
     where leads.account_id = field_values.account_id and leads.id = field_values.entity_id
), 0) where entity_type = 'leads';

drop index field_values_of_an_entity;
drop index field_values_by_text;
drop index field_values_by_number;
drop index field_values_by_enum;
create index field_values_by_text
    on field_values (account_id, field_id, text_value, updated_at, entity_id)
    where text_value is not null;
create index field_values_by_number
    on field_values (account_id, field_id, number_value, updated_at, entity_id)
    where number_value is not null;
create index field_values_by_enum
    on field_values (account_id, field_id, enum_id, updated_at, entity_id)
    where enum_id is not null;
create index field_values_of_an_entity
    on field_values (account_id, entity_type, entity_id, field_id, number_value);
