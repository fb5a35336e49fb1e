import ast
from pathlib import Path

import pytest

from geo.errors import BadQuery
from webmap.settings import Settings, waitress_options

HOME = Path("var")


def test_environment_names_home_role_host_port_trusted() -> None:
    made = Settings.from_environment(
        {
            "GRIDSCOPE_HOME": "/srv",
            "GRIDSCOPE_ROLE": "leader",
            "GRIDSCOPE_PORT": "81",
            "GRIDSCOPE_TRUSTED": "a.org, b",
        }
    )
    assert (made.home, made.role, made.host, made.port, made.trusted) == (
        Path("/srv"),
        "leader",
        "127.0.0.1",
        81,
        ("a.org", "b"),
    )


@pytest.mark.parametrize("wrong", [{"GRIDSCOPE_PORT": "x"}, {"GRIDSCOPE_PORT": "0"}, {"GRIDSCOPE_ROLE": "feeder"}])
def test_wrong_environment_is_refused_in_words(wrong: dict[str, str]) -> None:
    with pytest.raises(BadQuery):
        Settings.from_environment(wrong)


@pytest.mark.parametrize(
    ("settings", "needed"),
    [
        (Settings(HOME), False),
        (Settings(HOME, host="::1"), False),
        (Settings(HOME, host="localhost"), False),
        (Settings(HOME, host="0.0.0.0"), True),
        (Settings(HOME, host="10.0.0.5"), True),
        (Settings(HOME, trusted=("localhost:9000",)), False),
        (Settings(HOME, trusted=("maps.example",)), True),
    ],
)
def test_keys_are_needed_beyond_loopback(settings: Settings, needed: bool) -> None:
    assert settings.needs_key is needed


def test_port_80_needs_no_port_in_the_host() -> None:
    assert Settings(HOME, port=80).allows_host("127.0.0.1")
    assert not Settings(HOME, port=8000).allows_host("127.0.0.1")


def test_waitress_stands_many_half_open_sockets() -> None:
    options = waitress_options(Settings(HOME))
    assert (options["connection_limit"], options["asyncore_use_poll"], options["threads"]) == (2000, True, 8)


def test_the_wsgi_entry_imports_webmap_alone() -> None:
    tree = ast.parse((Path(__file__).parents[2] / "app.py").read_text(encoding="utf-8"))
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names == {"webmap"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
