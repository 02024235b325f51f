-- One row for each table that the step to version 11 makes.

insert into listings values ('c', 'en', true, false, 'other', 'Name', 'Text', 'name', '', '', 'Owner', false, 100, 100, 0, 5, 1, 3750, '{}');
insert into listing_words values ('en', 'name', 'c', true);
insert into word_grams values ('en', 'nam', 'name');
insert into ratings values ('c', 1, 1, 1, 5, 'Text', 100, null, null, null, null, null, null, null);
