-- One row for each table that the step to version 14 makes.

insert into trial_accounts values (1, 'c', 1, 1, 100, 200, null);
