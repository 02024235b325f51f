-- One row for each table that the step to version 12 makes.

insert into notices values (1, 1, 1, 'version_approved', '{}', '/', 100, null, 'waiting', 0, 100);
insert into notice_choices values (1, false);
