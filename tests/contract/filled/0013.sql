-- One row for each table that the step to version 13 makes.

insert into technical_requests values (1, 1, 'ended', 'Text', 'https://a.example/', 100, 1, 200, null, 300, 'Text');
