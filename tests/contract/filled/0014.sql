-- One row for each table that the step to version 14 makes.

insert into trial_accounts (account_id, client_id, number, user_id, begun_at, ends_at) values
    (1, 'c', 1, 1, 100, 200);
