"""The apps: sockets, REST, pages, and the one place that joins everything (`main`)."""
