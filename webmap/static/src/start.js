import { App } from "./app.js";
import { chosenTheme } from "./memory.js";

/** What a page's script calls with folium's Leaflet map and the page's own description, for the desk of class `Desk`. */
export const startWith = (Desk) => (map, boot) => {
  const app = new App({ ...boot, theme: chosenTheme(boot.theme) }, map, Desk);
  return app.start().then(
    () => app,
    (fault) => {
      app.showFault?.(fault);
      throw fault;
    },
  );
};
