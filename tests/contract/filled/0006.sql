-- One row for each table that the step to version 6 makes.

insert into authorization_requests values ('h', 's', 1, 'c', null, 'https://a.example/', null,
    'popup', null, null, 'f', 100000, 700, null);
