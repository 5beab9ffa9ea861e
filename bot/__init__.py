"""The assistant's side of the wall: Rasa components, the gateway's channel and the tracker store.

Runs inside Rasa's process (Python 3.10). Nothing here may import `handoff`, `knowledge_base` or `actions`: the gateway
is reached over HTTP only.
"""
