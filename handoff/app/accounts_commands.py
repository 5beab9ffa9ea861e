"""`python -m handoff accounts …`: who may sign in, and what they are good at."""

from typing import Annotated

import typer

from handoff.app.command import console, with_store

app = typer.Typer(no_args_is_help=True, help="Accounts of agents, supervisors and editors.")
Roles = Annotated[
    list[str] | None, typer.Option("--role", help="agent, supervisor or editor; repeat for more.")
]
Skills = Annotated[
    list[str] | None,
    typer.Option("--skill", help="What they know, such as payments; repeat for more, empty for none."),
]
Languages = Annotated[
    list[str] | None,
    typer.Option("--language", help="What they speak, such as de; repeat for more, empty for any."),
]
MaxChats = Annotated[int | None, typer.Option(help="Conversations at a time.")]
Password = Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)]


@app.command("add")
def add(
    email: str,
    name: str,
    about: str = "",
    role: Roles = None,
    skill: Skills = None,
    language: Languages = None,
    max_chats: MaxChats = None,
    password: Password = "",
) -> None:
    """Add an account, or give one back that was removed."""
    from handoff import accounts
    from handoff.app.signin import hash_password

    roles = tuple(role or ["agent"])
    added = with_store(
        lambda store: accounts.add(
            store,
            hash_password,
            email,
            name,
            about,
            roles,
            password,
            max_chats or 4,
            skill or [],
            language or [],
        )
    )
    if not added:
        console.print(
            f"{email} already has an account; `accounts set` changes it.", style="red", markup=False
        )
        raise typer.Exit(1)
    console.print(f"Added {email}.", markup=False)


@app.command("list")
def listed() -> None:
    """Everybody who may sign in."""
    from handoff import accounts

    everybody = with_store(accounts.listed)
    if not everybody:
        console.print("Nobody yet. `accounts add` lets somebody in.")
    for agent in everybody:
        skills = f"  knows {', '.join(agent.skills)}" if agent.skills else ""
        speaks = f"  speaks {', '.join(agent.languages)}" if agent.languages else ""
        takes = f"  {agent.active_chats} of {agent.max_chats}" if "agent" in agent.roles else ""
        typer.echo(f"{agent.email:32} {agent.name:24} {' and '.join(agent.roles)}{takes}{skills}{speaks}")


@app.command("set")
def change(
    email: str,
    name: Annotated[str | None, typer.Option()] = None,
    about: Annotated[str | None, typer.Option()] = None,
    role: Roles = None,
    skill: Skills = None,
    language: Languages = None,
    max_chats: MaxChats = None,
) -> None:
    """Change an account; what is not named stays."""
    from handoff import accounts

    roles, skills, languages = (None if given is None else tuple(given) for given in (role, skill, language))
    changes = accounts.Changes(name, about, roles, skills, languages, max_chats)
    agent = with_store(lambda store: accounts.change(store, email, changes))
    console.print(f"Changed {agent.email}.", markup=False)


@app.command("password")
def password(email: str, password: Password = "") -> None:
    """Set another password. Every session of the account ends within five seconds."""
    from handoff import accounts
    from handoff.app.signin import hash_password

    with_store(lambda store: accounts.change_password(store, hash_password, email, password))
    console.print(f"{email} has another password; open sessions have ended.", markup=False)


@app.command("remove")
def remove(email: str) -> None:
    """Let nobody sign in with it any more. What the agent had goes back to the queue after a while."""
    from handoff import accounts

    agent = with_store(lambda store: accounts.remove(store, email))
    console.print(f"{agent.email} can no longer sign in.", markup=False)


@app.command("demo")
def demo() -> None:
    """Add the demo's staff where they are missing."""
    from handoff import accounts
    from handoff.app.signin import hash_password

    with_store(lambda store: accounts.add_demo(store, hash_password))
    for email, _name, _about, roles in accounts.DEMO_STAFF:
        typer.echo(f"{email:24} {accounts.DEMO_PASSWORD}   {' and '.join(roles)}")
