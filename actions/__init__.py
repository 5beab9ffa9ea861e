"""Custom actions of the assistant, run by the action server (Python 3.10). Kept flat: rasa-sdk 3.6 imports
sub-packages by their bare leaf name. Nothing here may import `bot`, `handoff` or `knowledge_base`; the library is asked
over HTTP, and the gateway alone decides what a wish leads to.
"""
