/** Colours of the map: read from the palette of the page, never written here. */

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** `share` of `over` laid on `under`, as an opaque colour. */
export function mix(over, under, share) {
  const [a, b] = [channels(over), channels(under)];
  const parts = a.map((value, i) => Math.round(value * share + b[i] * (1 - share)));
  return `#${parts.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

export function luminance(hex) {
  const [r, g, b] = channels(hex).map((value) => {
    const v = value / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function resolveTheme(theme) {
  if (theme !== "auto") return theme === "dark" ? "dark" : "light";
  return globalThis.matchMedia?.("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Everything that the painters draw with, for one theme. */
export function readTokens(palette, theme) {
  const name = resolveTheme(theme);
  const t = palette.tokens[name];
  const gap = palette.scales.gap;
  const light = name === "light";
  return {
    ...t,
    theme: name,
    casing: light ? t.panel : t.map,
    borderOnFill: light ? t.panel : t.map,
    borderOnEmpty: light ? mix(t.edge, t.panel, 0.55) : mix(t.edge, t.map, 0.5),
    contextBorder: light ? mix(t.edge, t.map, 0.28) : mix(t.edge, t.map, 0.3),
    contextBoundary: mix(t.edge, t.map, 0.7),
    selectionInk: light ? t.ink : t.map,
    selectionCasing: light ? t.panel : t.ink,
    road: light ? t.panel : mix(t.line, t.edge, 0.6),
    roadEdge: mix(t.edge, t.panel, 0.6),
    ground: light ? t.map : mix(t.panel, t.map, 0.6),
    streetEdge: mix(t.edge, t.map, light ? 0.35 : 0.25),
    streetBorder: mix(t.ink3, t.map, 0.75),
    sectorEdge: mix(t.ink3, t.map, 0.55),
    gapEdge: mix(gap.hatch[name], t.map, 0.5),
    building: mix(t.ink3, t.map, 0.22),
    buildingEdge: mix(t.ink3, t.map, 0.45),
    seen: palette.scales.whatif[name][0],
    seenBy: palette.scales.seen[name],
    gapHatch: gap.hatch[name],
    gapHatchBeside: gap.hatch_top[name],
  };
}
