/** Leaflet is loaded by the page before this bundle; it is never bundled twice. */
export default globalThis.L;
