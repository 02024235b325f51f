-- The Marketplace: what is listed in each language, how it is found, and what users say of it.

-- only postgresql
create sequence listing_ids;

create table listings (
    -- A listing's own number, short where there are many: in the words that find it.
    number bigint not null unique,
    client_id text not null references integrations (client_id),
    language text not null,
    -- False while it was taken down; nobody meets it then, and nothing that hangs on it is lost.
    is_shown boolean not null,
    is_featured boolean not null,
    category text not null,
    name text not null,
    short_description text not null,
    icon text not null,
    logo text not null,
    owner_name text not null,
    has_widget boolean not null,
    published_at bigint not null,
    updated_at bigint not null,
    -- How often it is installed, as counted last.
    installs bigint not null,
    rating_sum bigint not null,
    rating_count bigint not null,
    -- A mean of its ratings that few of them hardly move, in thousandths of a star.
    score bigint not null,
    -- Where it stands in lists, in one number: featured, then score, then installs.
    rank bigint not null,
    -- JSON: what only its own page shows. The last column, so that lists need not read it.
    page text not null,
    primary key (client_id, language)
);

-- The orders of the front page and of each category, from the last to the first.
create index listings_in_order on listings (language, rank, number) where is_shown;
create index listings_of_a_category on listings (language, category, rank, number)
    where is_shown;

-- Which listings say a word in their name or short description. The rank is that of the listing,
-- so that a search orders thousands without looking at each.
create table listing_words (
    language text not null,
    word text not null,
    number bigint not null references listings (number) on delete cascade,
    is_in_name boolean not null,
    rank bigint not null,
    primary key (language, word, number)
) /* sqlite: without rowid */;
create index listing_words_of_a_listing on listing_words (number);

-- only postgresql
-- So that what a search reads stands in the index; SQLite's table is one.
create index listing_words_found on listing_words (language, word)
    include (number, is_in_name, rank);

-- The words by their parts of three letters, for whoever mistypes one. A word that no listing
-- says any more stays, and finds nothing.
create table word_grams (
    language text not null,
    gram text not null,
    word text not null,
    primary key (language, gram, word)
) /* sqlite: without rowid */;

-- only postgresql
create sequence rating_ids;

-- What a user thinks of an integration that works in their account. One for each user.
create table ratings (
    client_id text not null references integrations (client_id),
    id bigint not null,
    user_id bigint not null references users (id),
    -- Through which account the user had it then.
    account_id bigint not null references accounts (id),
    stars bigint not null check (stars between 1 and 5),
    text text not null,
    rated_at bigint not null,
    changed_at bigint,
    answer text,
    answered_at bigint,
    answered_by bigint,
    -- A moderator removed it: nobody but its author and moderators sees it, and it does not count.
    removed_at bigint,
    removed_by bigint,
    removed_reason text,
    primary key (client_id, id),
    unique (client_id, user_id),
    check ((answer is null) = (answered_at is null)),
    check ((removed_at is null) = (removed_reason is null))
) /* sqlite: without rowid */;
create index ratings_that_count on ratings (client_id, stars) where removed_at is null;

-- How many have an integration now, and what came and went by day.
create index live_installations on installations (client_id) where ended_at is null;
create index installations_by_start on installations (client_id, installed_at);
create index installations_by_end on installations (client_id, ended_at)
    where ended_at is not null;
