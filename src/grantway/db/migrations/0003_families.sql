-- Families of refresh tokens.

-- A grant made of a code is a family of refresh tokens: one row, however often it is refreshed.
-- `generation` counts its pairs. The pair of a generation can be computed from the seed again.
alter table grants add column seed_sealed text;
alter table grants add column generation bigint not null default 0;
alter table grants add column pair_issued_at bigint;
alter table grants add column refresh_expires_at bigint;
alter table grants add column previous_expires_at bigint;
-- The latest generation whose access token was used.
alter table grants add column used_generation bigint not null default 0;
alter table grants add column refreshed_from text;
-- When a spent refresh token came back, which tells of a leak or of two copies of an integration.
alter table grants add column reused_at bigint;
create index grants_of_a_user on grants (user_id, account_id);
create index grants_of_an_installation on grants (account_id, installation_id);
create index live_grants_of_an_integration on grants (client_id, account_id) where ended_at is null;

alter table authorization_codes add column code_challenge text;
alter table authorization_codes add column wrong_verifiers bigint not null default 0;
-- When it first came back after its use.
alter table authorization_codes add column replayed_at bigint;
-- The grant that the code became.
alter table authorization_codes add column grant_id bigint;
create index unused_codes on authorization_codes (client_id, account_id) where used_at is null;

-- Days without use after which a grant ends; null: never (S-57).
alter table accounts add column unused_grant_days bigint;
