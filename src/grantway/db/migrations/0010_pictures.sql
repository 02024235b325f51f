-- Pictures of public integrations, and which version uses which.

-- What a row tells comes before content, so that reading it does not read the file.
create table pictures (
    account_id bigint not null references accounts (id),
    -- SHA-256 of content, which is a PNG file of ours.
    hash text not null,
    kind text not null check (kind in ('icon', 'logo', 'slide')),
    width bigint not null,
    height bigint not null,
    margin_is_plain boolean not null,
    added_at bigint not null,
    -- When somebody last added it, or began or ceased to use it.
    wanted_at bigint not null,
    content bytea not null,
    primary key (account_id, hash)
);
-- Whoever knows its name may see it, in whichever account it is.
create index pictures_by_hash on pictures (hash);

create table picture_uses (
    account_id bigint not null,
    client_id text not null,
    number bigint not null,
    hash text not null,
    primary key (account_id, client_id, number, hash),
    foreign key (account_id, hash) references pictures (account_id, hash),
    foreign key (account_id, client_id, number)
        references versions (account_id, client_id, number) on delete cascade
) /* sqlite: without rowid */;
create index picture_uses_of_a_picture on picture_uses (account_id, hash);
