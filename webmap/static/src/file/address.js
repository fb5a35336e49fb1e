/** The address of a page: its path and query; in a file from disk "#DESK?QUERY", as a file has no other. */

import { isStandalone } from "../data.js";

/** The desk that a file's address names, or null. */
export const deskIn = (hash) => /^#(\w+)(?=\?|$)/.exec(hash)?.[1] ?? null;

/** The query of the page's address, "?" in front. */
export function currentQuery() {
  const { hash, search } = window.location;
  if (!isStandalone()) return search;
  if (deskIn(hash)) return hash.slice(deskIn(hash).length + 1);
  return hash.replace(/^#/, "?");
}

/** The address of `desk` with `query` ("?..." or ""). */
export const deskAddress = (boot, desk, query) => (isStandalone() ? `#${desk}${query}` : `${boot.urls?.base ?? ""}/${desk}${query}`);

/** The page's own address with another query. */
export const ownAddress = (boot, query) => `${window.location.pathname}${isStandalone() ? `#${boot.desk}` : ""}${query}`;
