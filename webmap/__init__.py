"""The faces of gridscope: pages, data, tiles and files over one desk. `create_app` builds the service."""

import os

from apiflask import APIFlask

from geo.desk import Desk
from geo.desk.around import Around
from geo.desk.feed import Feed
from geo.desk.register import Register
from geo.desk.scenarios import Scenarios
from geo.records import Records
from webmap.access import register_access
from webmap.api import api, open_api
from webmap.api.openapi import APP_PARTS, register_openapi
from webmap.backgrounds import Backgrounds
from webmap.caching import register_caching
from webmap.errors import register_errors
from webmap.exports import exports
from webmap.files import serve_file
from webmap.house import VERSION, House
from webmap.i18n import load_messages
from webmap.kept import register_kept
from webmap.logs import open_log
from webmap.maps.assets import Assets
from webmap.pace import Pace
from webmap.pages import pages
from webmap.prints import prints
from webmap.security import register_security
from webmap.settings import Settings
from webmap.tiles import tiles
from webmap.words import register_words

__all__ = ["Settings", "__version__", "create_app"]
__version__ = VERSION


def create_app(settings: Settings, *, desk: Desk | None = None, records: Records | None = None) -> APIFlask:
    """The service over the home of `settings`; `desk` and `records` where they are open already."""
    open_log(settings.log_level)
    app = APIFlask("webmap", title="gridscope", version=VERSION, **APP_PARTS)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = True
    records = records or Records.open(settings.home)
    desk = desk or Desk(settings.home)
    around = Around(records)
    register, feed = Register(records, around), Feed(records, around, settings.max_feeders)
    backgrounds = Backgrounds(settings.home, os.environ)
    scenarios = Scenarios(records, register)
    parts = (settings, desk, records, register, feed, scenarios, load_messages(), Assets(), backgrounds)
    app.extensions["gridscope"] = house = House(*parts, pace=Pace(settings.home / "pace.json"))
    register_caching(app)
    register_security(app)
    register_errors(app)
    register_openapi(app)
    register_words(app)
    register_kept(app, house, register_access(app, records, settings))
    app.add_url_rule("/static/<path:name>", "static", serve_file)
    for blueprint in (pages, api, open_api, tiles, exports, prints):
        app.register_blueprint(blueprint)
    return app
