"""The SQL of companies that is not every entity's."""

from __future__ import annotations

ADD = """
insert into companies (account_id, id, name, responsible_user_id, created_by, updated_by,
                       created_at, updated_at, closest_task_at, is_deleted, tag_ids, field_values,
                       search_text, document_epoch, document)
values (:account_id, :id, :name, :responsible_user_id, :created_by, :updated_by,
        :created_at, :updated_at, :closest_task_at, :is_deleted, :tag_ids, :field_values,
        :search_text, :document_epoch, :document)
"""
CHANGE = """
update companies set
    name = :name, responsible_user_id = :responsible_user_id, created_by = :created_by,
    updated_by = :updated_by, created_at = :created_at, updated_at = :updated_at,
    closest_task_at = :closest_task_at, is_deleted = :is_deleted, tag_ids = :tag_ids,
    field_values = :field_values, search_text = :search_text, document_epoch = :document_epoch,
    document = :document
 where account_id = :account_id and id = :id
"""
