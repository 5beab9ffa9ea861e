"""What reaches the outside: SQL, Rasa over HTTP, the doorbell."""
