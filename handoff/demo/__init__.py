"""The launcher behind `make demo`: sets everything up once, then keeps the three processes running.

It runs before anything else is installed, so it may use the standard library and rich, and must import
nothing else of Frontdesk: what it needs done in the gateway, the knowledge base or the assistant, it asks of
their command lines.

    settings.py      where things lie, which ports, which environment each process gets
    stamps.py        what a step depends on, and whether that has changed since it last ran
    steps.py         the plan: every step, in order
    environments.py  the two Python environments
    test_tools.py    what only the tests need: a browser and the Node packages
    commands.py      runs one command of a step and says in one sentence what went wrong
    screen.py        what is shown on the terminal
    backoff.py       how long to wait before a process that died is started again
    child.py         one process: started in a group of its own, watched, stopped
    tether.py        ties a process to the life of the supervisor
    supervisor.py    all three processes, until Ctrl-C
"""
