"""The map as one file: page, program, styles and data in it; opened from a disk it asks nobody for anything."""

import os
import secrets
from pathlib import Path

from geo.desk import Desk
from geo.schema.column import Role
from webmap.i18n import load_messages
from webmap.maps.assets import Assets
from webmap.maps.boot import make_boot
from webmap.maps.embed import embed_data
from webmap.maps.page import compose_page

_POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'nonce-{nonce}'; "
    "style-src 'nonce-{nonce}'; img-src data: blob:; connect-src 'none'; base-uri 'none'; form-action 'none'\">"
)


def render_map(desk: Desk, *, role: Role = "leader", lang: str = "zh", page: str = "coverage") -> str:
    """The file's text, made for `role`, which is printed on it when it is above leader (DOMAIN 4a)."""
    messages = load_messages()
    embedded, zooms = embed_data(desk, role)
    boot = make_boot(desk, messages, page=page, role=role, lang=lang, theme="auto", embedded=embedded)
    boot["layers"] = [
        *(f"units-{level['name']}" for level in boot["levels"]),
        *(name for name in zooms if name != "default"),
    ]
    boot["max_native_zoom"] = zooms
    words = messages[f"role.{role}"].text(lang)
    foot = "" if role == "leader" else messages["file.role"].text(lang).replace("{role}", words)
    nonce = secrets.token_urlsafe(16)
    head = _POLICY.format(nonce=nonce)
    return compose_page(boot, Assets(), inline=True, head=head, foot=foot).html(nonce)


def write_map(desk: Desk, path: Path, role: Role = "leader", lang: str = "zh", page: str = "coverage") -> int:
    """Write the file whole (a broken write leaves no half of it); returns its size in bytes."""
    body = render_map(desk, role=role, lang=lang, page=page).encode("utf-8")
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(body)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return len(body)
