"""WSGI entry: settings from the environment (GRIDSCOPE_HOME, GRIDSCOPE_ROLE, ...) -> app."""

from webmap import Settings, create_app

app = create_app(Settings.from_environment())
