"""What `bench/durability.py` does to a library, and how it tells whether the library bore it."""
