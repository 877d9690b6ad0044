"""Serving: check the port, print the address and a one-time sign-in link, run until Ctrl-C.

The pages are named by an import string, so this package does not know the dashboard. The served application
opens the store of FOOTPRINT_HOME and FOOTPRINT_STORE: the same one as `store`.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Callable

from footprint import people
from footprint.errors import PortTaken
from footprint.roles import Person
from footprint.store.database import Store
from footprint.texts import say

FACTORY = "dashboard.app:create_app"
FIRST_LOGIN = "admin"
UPGRADES = ("Unsupported upgrade request", "No supported WebSocket library")


def serve(
    store: Store,
    host: str = "127.0.0.1",
    port: int = 8050,
    open_link: bool = True,
    echo: Callable[[str], None] = print,
) -> None:
    """Serve the dashboard and the API until interrupted. Raises PortTaken.

    A sign-in link is printed when nobody has a password yet, or when `open_link` asks for one.
    """
    check_port(host, port)
    address = f"http://{'[' + host + ']' if ':' in host else host}:{port}"
    echo(say(f"Tableau de bord : {address}", f"Dashboard: {address}"))
    nobody = not any(person.has_password for person in people.accounts(store))
    if open_link or nobody:
        token = people.make_link(store, first_account(store).login)
        minutes = people.LINK_MINUTES
        echo(
            say(
                f"Connexion, une seule fois, pendant {minutes} min : {address}/entrer/{token}",
                f"Sign-in, once, within {minutes} min: {address}/entrer/{token}",
            )
        )
    echo(say("Ctrl-C pour arrêter.", "Ctrl-C to stop."))
    sys.stdout.flush()
    _run(store, host, port)


def first_account(store: Store) -> Person:
    """The oldest administrator, else the oldest approver; an administrator is made when there is neither."""
    found = people.accounts(store)
    for role in ("admin", "approbateur"):
        for person in found:
            if person.role == role:
                return person
    return people.create_account(store, FIRST_LOGIN, "admin")


def check_port(host: str, port: int) -> None:
    """Raises PortTaken when nothing more can listen at this address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"L’adresse {host}:{port} n’est pas libre. Choisissez un autre port : --port {port + 1}.",
                f"The address {host}:{port} is not free. Choose another port: --port {port + 1}.",
            ) from error


def quiet() -> None:
    """Keep out of the log what uvicorn says to any visitor who asks for a websocket: there are none here."""
    logging.getLogger("uvicorn.error").addFilter(_worth_logging)


def _worth_logging(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith(UPGRADES)


def _run(store: Store, host: str, port: int) -> None:
    import uvicorn

    quiet()
    os.environ["FOOTPRINT_HOME"] = str(store.home)
    if store.engine.dialect.name != "sqlite":
        os.environ["FOOTPRINT_STORE"] = store.engine.url.render_as_string(hide_password=False)
    uvicorn.run(
        FACTORY,
        factory=True,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # an address anyone can write must not feed the throttle
        ws="none",  # nothing here speaks websocket
        timeout_graceful_shutdown=3,
    )
