"""Lists of listings and a listing's own page, as every origin that shows them needs them."""
