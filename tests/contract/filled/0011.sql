-- One row for each table that the step to version 11 makes.

insert into listings (number, client_id, language, is_shown, is_featured, category, name,
                      short_description, icon, logo, owner_name, has_widget, published_at,
                      updated_at, installs, rating_sum, rating_count, score, rank, page)
values (1, 'c', 'en', true, false, 'other', 'Name', 'Text', '', '', 'Owner', false, 100, 100, 0, 5, 1, 3750, 37500000000000, '{}');
insert into listing_words values ('en', 'name', 1, true, 37500000000000);
insert into word_grams values ('en', 'nam', 'name');
insert into ratings values ('c', 1, 1, 1, 5, 'Text', 100, null, null, null, null, null, null, null);
