-- One row for each table that the step to version 5 makes.

insert into deliveries values (1, 1, 'c', 'revoke', 'GET', 'https://a.example/off', 'a.example:443',
    100, null, null, null, null, null, null);
