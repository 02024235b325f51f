-- What people are told: in the product, and by e-mail where a mail server is set.

-- only postgresql
create sequence notice_ids;

-- One row for each person who is told. It is written with the change that it tells; its e-mail is
-- sent after the commit, so a claim has an end: whoever died with it does not lose the e-mail.
create table notices (
    user_id bigint not null references users (id),
    id bigint not null,
    -- Whose news it is: only those who work in that account see it. Null: the person's own.
    account_id bigint references accounts (id),
    kind text not null,
    -- JSON: what fills the words of its kind.
    facts text not null,
    -- Where they can do something: on the control origin, or without a slash in the account.
    path text not null,
    told_at bigint not null,
    seen_at bigint,
    mail text not null check (mail in ('none', 'waiting', 'claimed', 'sent', 'given_up')),
    tries bigint not null,
    -- When its e-mail is due while it waits; by when it is sent while it is claimed.
    due_at bigint not null,
    primary key (user_id, id)
) /* sqlite: without rowid */;
-- Counted for every page. With all that the count reads in the index, SQLite takes it and not the
-- primary key, which would read a year's notices to find the new ones.
create index notices_unseen on notices (user_id, seen_at, account_id, kind) where seen_at is null;
create index notices_to_mail on notices (due_at) where mail in ('waiting', 'claimed');
create index notices_by_age on notices (told_at);
create index notices_of_a_user on notices (user_id, told_at);

-- Who wants no e-mail, or wants it again. Whoever has no row wants it.
create table notice_choices (
    user_id bigint primary key references users (id),
    by_mail boolean not null
);
