/** One canvas over the whole view and a margin round it: marks, outlines and labels, which may cross any tile's edge. */

import L from "./leaflet.js";

const MARGIN_SHARE = 0.25;

export const Sheet = L.Layer.extend({
  initialize(pane, draw, ratio) {
    L.setOptions(this, { pane });
    this.draw = draw;
    this.ratio = ratio;
  },

  onAdd(map) {
    this.canvas = L.DomUtil.create("canvas", "gs-sheet leaflet-zoom-animated", this.getPane());
    this.canvas.setAttribute("role", "presentation");
    this.canvas.hidden = true;
    this.ctx = this.canvas.getContext("2d");
    this._map = map;
    this.redraw();
  },

  onRemove() {
    L.DomUtil.remove(this.canvas);
  },

  getEvents() {
    return { zoomanim: this._onZoom, zoom: this._onLiveZoom, rest: this.redraw, move: this._onMove, resize: this.redraw, viewreset: this.redraw };
  },

  _place(center, zoom) {
    const map = this._map;
    const scale = map.getZoomScale(zoom, this.zoom);
    const corner = map.project(this.center, zoom).subtract(map._getNewPixelOrigin(center, zoom)).subtract(this.half.multiplyBy(scale));
    L.DomUtil.setTransform(this.canvas, corner, scale);
  },

  _onZoom({ center, zoom }) {
    this._place(center, zoom);
  },

  _onLiveZoom() {
    this._place(this._map.getCenter(), this._map.getZoom());
  },

  _onMove() {
    const offset = this._map.containerPointToLayerPoint([0, 0]).subtract(this.origin).subtract(this.margin);
    if (this._map.getZoom() === this.zoom && (Math.abs(offset.x) > this.margin.x || Math.abs(offset.y) > this.margin.y)) this.redraw();
  },

  /**
   * Draw now. `draw(ctx, {width, height, left, top, zoom, margin})` works in CSS pixels of the sheet; it answers false where it drew
   * nothing: a canvas that is not shown costs nothing when the map moves.
   */
  redraw() {
    const map = this._map;
    if (!map || map._animatingZoom) return;
    const size = map.getSize();
    this.margin = size.multiplyBy(MARGIN_SHARE)._round();
    const full = size.add(this.margin.multiplyBy(2));
    const [width, height] = [Math.round(full.x * this.ratio), Math.round(full.y * this.ratio)];
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.canvas.style.width = `${full.x}px`;
      this.canvas.style.height = `${full.y}px`;
    } else {
      this.ctx.setTransform(1, 0, 0, 1, 0, 0);
      this.ctx.clearRect(0, 0, width, height);
    }
    this.origin = map.containerPointToLayerPoint([0, 0]).subtract(this.margin);
    this.zoom = map.getZoom();
    this.half = full.divideBy(2);
    this.center = map.layerPointToLatLng(this.origin.add(this.half));
    L.DomUtil.setTransform(this.canvas, this.origin, 1);
    this.ctx.setTransform(width / full.x, 0, 0, height / full.y, 0, 0);
    const corner = map.getPixelOrigin().add(this.origin);
    this.canvas.hidden = false === this.draw(this.ctx, { width: full.x, height: full.y, left: corner.x, top: corner.y, zoom: this.zoom, margin: this.margin });
  },
});
