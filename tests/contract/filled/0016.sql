-- One row for each table that the step to version 16 makes.

insert into webhooks values (1, 1, 'https://a.example/in', 'a.example:443', 'add_lead', 10, false,
    100, 's', null, null, 100, 1, null, 100);
insert into webhook_deliveries values (1, 1, 1, 'a.example:443', 'add_lead', 'a=b', 'waiting', 100,
    100, 0, 0, null);
insert into webhook_attempts values (1, 1, 1, 1, null, 100, null, null, null, null, null, null);
