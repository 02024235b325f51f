-- One row for each table that the step to version 2 makes.

insert into entity_epochs values (1, 'leads', 3);

insert into pipelines values (1, 1, 'Sales', 1, true, true, false);

insert into stages values (1, 1, 1001, 'First', 20, '#fffeb2', 0, true);

insert into stage_descriptions values (1, 1, 1, 1001, 'newbie', 'Call', 100, 1, 100, 1);

insert into loss_reasons values (1, 1, 'Price', 1, 100, 100);

insert into tags values (1, 1, 'leads', 'hot', 'hot', null);

-- Ids that the series have not given out: a later step takes the next ones.
insert into custom_fields values (1, 1001, 'leads', 'text', 'Text', null, 1, null, false, false,
    true, null, null, null, '[]', '[]', '[]');

insert into custom_field_enums values (1, 1001, 1001, 'red', 1, null);

insert into field_values (account_id, entity_type, field_id, entity_id, text_value, number_value, enum_id)
values (1, 'leads', 1001, 1, 'apple', 1.5, null);

insert into leads (account_id, id, name, price_minor, responsible_user_id, pipeline_id,
    status_id, created_by, updated_by, created_at, updated_at, is_deleted, tag_ids,
    field_values, search_text, document_epoch, document) values (1, 1, 'Lead', 150, 1, 1, 1001,
    1, 1, 100, 100, false, '[1]', '{}', 'lead', 3, /* document */ '{}');
