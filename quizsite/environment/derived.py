"""Values that settings derive from the environment: the address of the site, secrets, a contact."""

import ipaddress
import os
import secrets
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured


def users_folder() -> Path:
    """Folder in which programs of this user keep their data, each in a folder of its own."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def users_data() -> Path:
    """Folder for the data of an installed site: systemd's if it gives one, else the user's own."""
    if given := os.environ.get("STATE_DIRECTORY"):
        return Path(given)
    return users_folder() / "career-quiz"


def secret_made_once(path: Path) -> str:
    """Read the secret in `path`, or create it there: from 50 random bytes, with mode 600."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        write_private(path, secrets.token_urlsafe(50))
        return path.read_text(encoding="ascii").strip()


def write_private(path: Path, text: str) -> bool:
    """Write `text` to a new file with mode 600; return False if the file exists already.

    The file appears with its full content, so another process never reads half a secret.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def listening_host(host: str) -> str:
    """Return HOST as the address to listen on; ValueError unless it is one, or localhost.

    IPv6 may be in brackets, as in links.
    """
    host = host.strip()
    address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    return str(getattr(address, "ipv4_mapped", None) or address)


def is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


def in_link(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def hosts_of_this_machine(host: str) -> list[str]:
    """Return the names of a site that listens on HOST for this machine alone, best one first."""
    names = ["127.0.0.1", "localhost", "[::1]"]
    try:
        address = listening_host(host)
    except ValueError:
        return names
    first = [in_link(address)] if is_loopback(address) else []
    return list(dict.fromkeys([*first, *names]))


def base_address(hosts: list[str], port: int, is_plain: bool) -> str:
    """Start of absolute links, such as https://quiz.example, from the first real host."""
    host = next((host for host in hosts if host.strip(".*")), "localhost").lstrip(".")
    return f"http://{host}:{port}" if is_plain else f"https://{host}"


class Contact(NamedTuple):
    """A person that visitors can talk to. Hours and link can be empty."""

    name: str
    hours: str
    link: str


def contact(name: str, hours: str, link: str) -> Contact | None:
    """Return the contact; None without a name.

    Raises ImproperlyConfigured for hours or a link without a name.
    """
    given = Contact(name.strip(), hours.strip(), link.strip())
    if not given.name:
        if any(given):
            raise ImproperlyConfigured("TALK_TO_HOURS and TALK_TO_LINK need a TALK_TO_NAME.")
        return None
    return given
