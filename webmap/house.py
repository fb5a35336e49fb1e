"""What every route reaches for: the settings, the desk, the records, and who is asking."""

import getpass
import importlib.metadata
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from flask import current_app, g

from geo.desk import Desk
from geo.desk.feed import Feed
from geo.desk.register import Register
from geo.desk.scenarios import Scenarios
from geo.errors import Forbidden, NotLoggedIn, Words
from geo.records import Records
from geo.schema.column import Role, may_see
from webmap.backgrounds import Backgrounds
from webmap.bodies import Bodies, Kept
from webmap.i18n import Messages
from webmap.maps.assets import Assets
from webmap.maps.page import Page
from webmap.pace import Pace
from webmap.settings import Settings
from webmap.turns import Seldom, Turns

VERSION = importlib.metadata.version("gridscope")
#: Desks that not every role reads, on the screen or on paper.
DESK_ROLES: dict[str, Role] = {"gaps": "planner", "intake": "editor"}


@dataclass(frozen=True)
class House:
    """One app's parts, made by `create_app`."""

    settings: Settings
    desk: Desk
    records: Records
    register: Register
    feed: Feed
    scenarios: Scenarios
    messages: Messages
    assets: Assets
    backgrounds: Backgrounds
    bodies: Bodies = field(default_factory=Bodies)
    pages: Kept[Page] = field(default_factory=lambda: Kept[Page](32))
    pace: Pace = field(default_factory=Pace)
    turns: Turns = field(default_factory=Turns)
    seldom: Seldom = field(default_factory=Seldom)
    reports: Kept[dict[str, Any]] = field(default_factory=lambda: Kept[dict[str, Any]](2))


@dataclass(frozen=True)
class Actor:
    """Who asks: a key's name (`has_key`) or this machine's user, and the role that every query is given."""

    name: str
    role: Role
    has_key: bool


def house() -> House:
    """The current app's parts."""
    return cast(House, current_app.extensions["gridscope"])


def actor() -> Actor:
    """Who is asking; `NotLoggedIn` on a route that nobody resolved."""
    found = g.get("actor")
    if found is None:
        raise NotLoggedIn(Words("a key is needed", "需要密钥"))
    return cast(Actor, found)


def role() -> Role:
    """The asking role."""
    return actor().role


def need_role(least: Role) -> None:
    """Go on only where the asking role reaches `least`; else `Forbidden`."""
    if not may_see(role(), least):
        named = house().messages[f"role.{least}"].zh
        raise Forbidden(Words(f"this needs the role {least} or above", f"需要{named}或以上角色"))


def need_writer(*roles: Role) -> Actor:
    """The actor, where it holds a key of one of `roles`; loopback alone is not enough."""
    who = actor()
    if who.has_key and who.role in roles:
        return who
    en, zh = " or ".join(roles), "或".join(house().messages[f"role.{name}"].zh for name in roles)
    if who.has_key:
        raise Forbidden(Words(f"writing needs the role {en}", f"写入需要{zh}角色"))
    raise NotLoggedIn(Words(f"writing needs a key with role {en}", f"写入需要{zh}角色的密钥"))


@cache
def machine_user() -> str:
    """The operating system's user, as the audit log names who came without a key."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "loopback"
