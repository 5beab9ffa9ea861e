"""What a message costs and how long it takes to be there, and what becomes of it where connections are cut."""
