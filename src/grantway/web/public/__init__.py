"""The pages of www.<root>, which everybody may read."""
