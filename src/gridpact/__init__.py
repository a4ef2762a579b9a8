"""GridPact 一网共治: a district's grassroots governance on one platform."""
