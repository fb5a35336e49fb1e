"""Small random scenes on four units with slanting borders, and what cameras see of them at one density."""

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import affinity

from geo.coverage.fov import Estimate, view_parameters
from geo.coverage.ground import Demand, cut_parcels, prepare_ground
from geo.coverage.looks import camera_views, camera_xy
from geo.coverage.measures import is_online
from geo.coverage.scene import Scene, look, look_out
from geo.partition.hierarchy import assign_levels, index_levels
from geo.rules import Rules
from geo.schema import SOURCES
from tests import tiny_world

MIDDLE = (tiny_world.EAST + 100, tiny_world.NORTH + 100)
LEVELS = ["grid", "village"]


@dataclass(frozen=True)
class Small:
    """Units, cameras and demand, all in metres; incidents with their units."""

    units: gpd.GeoDataFrame
    cameras: pd.DataFrame
    demand: Demand
    incident_levels: pd.DataFrame


def small(seed: int, n: int = 14) -> Small:
    """`n` cameras of all kinds, half of their attributes missing, on a square of 200 m."""
    rng = np.random.default_rng(seed)
    units = _units()
    xy = rng.uniform(10, 190, (40, 2))
    squares = [shapely.box(x, y, x + w, y + h) for x, y, w, h in rng.uniform([5, 5, 8, 8], [160, 160, 30, 30], (4, 4))]
    places = tiny_world.frame([*shapely.points(xy[:6]), *squares], kind=["school"] * 10)
    roads = tiny_world.frame([shapely.LineString(rng.uniform(0, 200, (4, 2))) for _ in range(5)])
    residents = tiny_world.frame(list(shapely.points(xy[6:20])), residents=rng.integers(1, 9, 14).astype(float))
    incidents = xy[20:] + np.array([tiny_world.EAST, tiny_world.NORTH])
    joined = index_levels(units, tiny_world.home())

    def levels(x, y) -> pd.DataFrame:
        return assign_levels(x, y, joined, tiny_world.home())

    for frame in (places, residents):
        inside = frame.geometry.representative_point()
        frame[LEVELS] = levels(inside.x, inside.y)
    demand = Demand(places=places, roads=roads, residents=residents, incidents_xy=incidents)
    cameras = _cameras(rng, n)
    cameras[LEVELS] = levels(cameras["x_m"], cameras["y_m"])
    return Small(units, cameras, demand, levels(*incidents.T))


def turned(scene: Small, degrees: float) -> Small:
    """The whole scene turned clockwise about its middle."""

    def turn(shapes):
        return [affinity.rotate(shape, -degrees, origin=MIDDLE) for shape in shapes]

    def turn_frame(frame):
        return frame.assign(geometry=gpd.GeoSeries(turn(frame.geometry), index=frame.index, crs=frame.crs))

    def turn_xy(xy):
        return shapely.get_coordinates(turn(shapely.points(xy)))

    x_m, y_m = turn_xy(scene.cameras[["x_m", "y_m"]].to_numpy(dtype=float)).T
    azimuth = pd.to_numeric(scene.cameras["azimuth_deg"]) + degrees
    old = scene.demand
    return Small(
        turn_frame(scene.units),
        scene.cameras.assign(x_m=x_m, y_m=y_m, azimuth_deg=azimuth),
        Demand(
            places=turn_frame(old.places),
            roads=turn_frame(old.roads),
            residents=turn_frame(old.residents),
            incidents_xy=turn_xy(old.incidents_xy),
        ),
        scene.incident_levels,
    )


def with_cameras(scene: Small, cameras: pd.DataFrame) -> Small:
    return replace(scene, cameras=cameras)


def see(scene: Small, rules: Rules, estimate: Estimate = "nominal", potential: bool = False) -> Scene:
    """What the online cameras see at the rules' density; of units, the grids in code order."""
    home = tiny_world.home()
    ground = prepare_ground(scene.units, home, scene.demand, scene.incident_levels)
    parcels = tuple(cut_parcels(scene.units, home, chain, ground, rules) for chain in home.chains())
    online = scene.cameras[is_online(scene.cameras)]
    view = view_parameters(online, rules, rules.px_per_m, estimate, potential)
    views = camera_views(online, view, rules)
    return look(look_out(ground, parcels, camera_xy(online), views.boxes, rules), views, rules)


def _units() -> gpd.GeoDataFrame:
    corners, middle = {"sw": (0, 0), "se": (200, 0), "nw": (0, 200), "ne": (200, 200)}, (110, 85)
    south, north, west, east = (90, 0), (120, 200), (0, 105), (200, 70)
    rings = [
        (corners["sw"], south, middle, west),
        (south, corners["se"], east, middle),
        (west, middle, north, corners["nw"]),
        (middle, east, corners["ne"], north),
    ]
    grids = [shapely.Polygon(ring) for ring in rings]
    halves = [
        shapely.Polygon([corners["sw"], south, corners["se"], east, middle, west]),
        shapely.Polygon([west, middle, east, corners["ne"], north, corners["nw"]]),
    ]
    facts = tiny_world.units().drop(columns="geometry")
    return tiny_world.frame([*grids, *halves], **{name: facts[name] for name in facts.columns})


def _cameras(rng: np.random.Generator, n: int) -> pd.DataFrame:
    def some(values, share: float = 0.5):
        return np.where(rng.random(n) < share, values, np.nan)

    table = pd.DataFrame(index=range(n), columns=list(SOURCES["cameras"].names()), dtype=object)
    table["kind"] = rng.choice(["fixed", "dome", "ptz"], n)
    table["status"] = rng.choice(["online", "offline", "planned"], n, p=[0.7, 0.2, 0.1])
    table["programme"] = rng.choice(["key", "village"], n)
    table["azimuth_deg"] = some(rng.uniform(0, 360, n), 0.8)
    table["azimuth_doubt_deg"] = some(rng.choice([5.0, 22.5], n))
    table["hfov_deg"], table["h_px"] = some(rng.uniform(50, 110, n)), some(rng.choice([1280.0, 1920.0, 2560.0], n))
    table["height_m"], table["tilt_deg"] = some(rng.uniform(3, 6, n)), some(rng.uniform(10, 30, n))
    table["sweep_deg"] = some(rng.choice([120.0, 360.0], n), 0.2)
    table["range_m"] = some(rng.uniform(10, 50, n), 0.3)
    table["x_m"] = tiny_world.EAST + rng.uniform(0, 200, n)
    table["y_m"] = tiny_world.NORTH + rng.uniform(0, 200, n)
    return table
