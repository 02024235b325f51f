-- One row for each table that the step to version 4 makes.

insert into integration_texts values ('c', 'es', 'Nombre', 'Breve', 'Texto', 'Pasos');
