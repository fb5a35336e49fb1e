/** What a key place is called on the map. */

import { language, t } from "./i18n.js";

const LATIN = /[A-Za-z]/;

/** Its name, or in English what kind of place it is where the name is written in characters alone. */
export function placeName({ name, kind }) {
  const key = `place.${kind}`;
  return language() === "zh" || LATIN.test(name) || t(key) === key ? name : t(key);
}
