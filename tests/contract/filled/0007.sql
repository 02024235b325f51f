-- One row for each table that the step to version 7 makes.

insert into former_subdomains values ('acme-old', 1, 100);
