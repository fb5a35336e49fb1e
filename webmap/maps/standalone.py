"""The map as one file: page, program, styles and data in it; opened from a disk it asks nobody for anything."""

import base64
import os
import secrets
from pathlib import Path

from geo.desk import Desk
from geo.desk.briefing.pack import make_pack, read_document
from geo.errors import Words
from geo.schema.column import Role
from geo.snapshot.export import Tell, silent
from webmap.i18n import load_messages
from webmap.maps.assets import Assets
from webmap.maps.boot import make_boot
from webmap.maps.page import BRIEFING_KIT, compose_page

_POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'nonce-{nonce}'; "
    "style-src 'nonce-{nonce}'; img-src data: blob:; connect-src 'none'; base-uri 'none'; form-action 'none'\">"
)
#: Desks that a file has, and the table that each needs.
_DESKS = {"coverage": "cameras", "gaps": "cameras", "safeguards": "cameras", "hotspots": "incidents"}


def render_map(
    desk: Desk, *, role: Role = "leader", lang: str = "zh", page: str = "coverage", tell: Tell = silent
) -> str:
    """The file's text, made for `role`, which is printed on it when it is above leader (DOMAIN 4a).

    It opens on the desk `page`, which the role must have; `tell` hears the share that is made.
    """
    return render_pack(desk, make_pack(desk, role, tell), role=role, lang=lang, page=page)


def render_pack(desk: Desk, pack: bytes, *, role: Role, lang: str, page: str = "coverage") -> str:
    """The file's text round a pack that `make_pack` made for `role`."""
    messages, carried = load_messages(), read_document(pack)
    boot = make_boot(desk, messages, page=page, role=role, lang=lang, theme="auto") | carried["home"]
    boot["layers"] = [name for name in boot["layers"] if name in carried["zooms"]]
    told = [name for name in _DESKS if name != "gaps" or boot["may"]["points"]]
    boot["file_desks"] = [name for name in told if boot["available"].get(_DESKS[name]) or name == page]
    # What a role may do beyond reading needs a service.
    boot["may"] = dict.fromkeys(boot["may"], False)
    name, note = messages[f"role.{role}"], messages["file.role"]
    said = Words(note.en.replace("{role}", name.en), note.zh.replace("{role}", name.zh))
    foot = None if role == "leader" else said
    nonce = secrets.token_urlsafe(16)
    data = f'<script type="application/octet-stream" id="gs-pack">{base64.b64encode(pack).decode("ascii")}</script>'
    head = _POLICY.format(nonce=nonce) + data
    return compose_page(boot, Assets(), inline=True, head=head, foot=foot, kit=BRIEFING_KIT).html(nonce)


def write_map(
    desk: Desk, path: Path, role: Role = "leader", lang: str = "zh", page: str = "coverage", *, tell: Tell = silent
) -> int:
    """Write the file whole (a broken write leaves no half of it); returns its size in bytes."""
    body = render_map(desk, role=role, lang=lang, page=page, tell=tell).encode("utf-8")
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(body)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return len(body)
