-- One row for each table that the step to version 1 makes.

insert into accounts (id, uuid, subdomain, name, status, is_technical, country, currency, language,
    timezone, created_at, created_by, updated_at, updated_by) values (1, 'u1', 'acme', 'Acme',
    'active', false, 'US', 'USD', 'en', 'UTC', 100, 0, 100, 0);

insert into users (id, uuid, email, name, language, is_active, created_at, updated_at) values (1,
    'u2', 'alice@acme.example', 'Alice', 'en', true, 100, 100);

insert into account_users (account_id, user_id, role, group_id, rights, is_active, is_free,
    created_at) values (1, 1, 'administrator', 0, '{}', true, false, 100);

insert into sessions (session_hash, id, user_id, created_at, proved_at, last_seen_at,
    expires_at, source, user_agent) values ('h', 's', 1, 100, 100, 100, 200, '', '');

insert into workspace_tickets values ('t', 'n', 's', 1, 1, 200, null);

insert into sign_in_failures values ('mallory', 3, 100, 110);

insert into integrations (client_id, account_id, kind, status, name, description, scopes,
    fidelity, created_at, created_by, updated_at, updated_by) values ('c', 1, 'private',
    'private', 'Name', 'Text', 'crm', 'kommo', 100, 1, 100, 1);

insert into installations (account_id, id, client_id, installed_at, installed_by) values
    (1, 1, 'c', 100, 1);

insert into signing_keys values ('k', 'pem', 'sealed', 'active', 100, null);

insert into grants (account_id, id, uuid, installation_id, client_id, user_id, kind, scopes,
    by_administrator, created_at, token_id_hash, expires_at) values (1, 1, 'g', 1, 'c', 1,
    'long_lived', 'crm', true, 100, 'hash', 900);

insert into authorization_codes (code_hash, account_id, installation_id, client_id, user_id,
    redirect_uri, scopes, by_administrator, created_at, expires_at, used_at) values ('x', 1, 1, 'c', 1, null, 'crm', true, 100, 200, null);

insert into audit_entries (account_id, id, at, event, actor, user_id, client_id, grant_id,
    source, subject, outcome) values (1, 1, 100, 'account.created', 'operator', null, null, null,
    '', '', 'done');
