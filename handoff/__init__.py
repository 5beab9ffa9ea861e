"""Who talks to the customer now, and how a conversation reaches a person: the gateway. Start reading in `conversation`."""
