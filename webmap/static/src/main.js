import { App } from "./app.js";
import { GridMap } from "./map/gridmap.js";
import { chosenTheme } from "./memory.js";

export { GridMap };

/** Called by the page's script with folium's Leaflet map and the page's own description. */
export function start(map, boot) {
  const app = new App({ ...boot, theme: chosenTheme(boot.theme) }, map, (leaflet, options) => new GridMap(leaflet, { maxNativeZoom: boot.max_native_zoom ?? null, ...options }));
  return app.start().then(
    () => app,
    (fault) => {
      app.showFault?.(fault);
      throw fault;
    },
  );
}
