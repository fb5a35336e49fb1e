/** A Leaflet map's event "rest": at the end of a lone move, and of many that follow each other (a held arrow key, a drag) once at the end. */

const QUIET_MS = 150;

export function tellRest(map) {
  let timer = null;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      if (map.restIsDue) tell();
    }, QUIET_MS);
  };
  const tell = () => {
    map.restIsDue = false;
    map.fire("rest");
  };
  map.on("moveend", () => {
    if (timer === null) tell();
    else map.restIsDue = true;
    restart();
  });
}
