"""Articles in tables, in statements that SQLite and PostgreSQL run alike; ranks nothing."""
