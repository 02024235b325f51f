"""Scripts that set the project up; they need nothing but Python itself."""
