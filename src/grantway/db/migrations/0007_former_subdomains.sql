-- Names that accounts gave up.

-- A name that an account gave up is not given to another one (S-104).
create table former_subdomains (
    subdomain text primary key,
    account_id bigint not null references accounts (id),
    released_at bigint not null
) /* sqlite: without rowid */;
