-- One row for each table that the step to version 26 makes.

insert into widgets values (1, 'c', 1, 'w0rd', 1, 100);
insert into widget_archives values (1, 'c', 1, 'h', '{}', '[]', 1, 2, 100, 1, 100, null);
insert into widget_blobs values (1, 'b', 100, 2, /* document */ '{}');
insert into widget_files values (1, 'c', 1, 'manifest.json', 'b', 2);
insert into widget_uses values (1, 'c', 1, 1);
insert into widget_settings values (1, 'c', '{}', 100, 1);
