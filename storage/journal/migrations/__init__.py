"""Steps from one form of the journal's tables to the next, for Alembic; none is ever changed."""
