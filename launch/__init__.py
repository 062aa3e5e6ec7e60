"""The parts of `make run`: secrets, ports, PostgreSQL, Ray, and the end of all of them."""
