import { chosenTheme } from "../memory.js";
import { IntakeApp } from "../intake/app.js";

/** Called by the page's script with folium's Leaflet map and the page's own description. */
export function start(map, boot) {
  const app = new IntakeApp({ ...boot, theme: chosenTheme(boot.theme) }, map);
  app.start();
  return app;
}
