"""The tests: pytest runs them in this folder's parent."""
