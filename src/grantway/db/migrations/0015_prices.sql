-- Whether users pay for an integration: nothing, or somewhere else.

alter table integrations add column price text not null default 'free'
    check (price in ('free', 'external'));

-- Tiles show it. The page stays the last column, so that lists need not read past it.
alter table listings add column price text not null default 'free'
    check (price in ('free', 'external'));
alter table listings add column moved text not null default '';
update listings set moved = page;
alter table listings drop column page;
alter table listings rename column moved to page;
