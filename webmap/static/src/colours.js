/** The one reader of the palette: scales by theme, text colours that contrast. */

let palette = null;
let theme = "light";

export function setupColours(boot, name) {
  palette = boot.palette;
  theme = name;
}

export const scale = (name) => palette.scales[name][theme];
export const token = (name) => palette.tokens[theme][name];
export const giClasses = () => palette.scales.gi.classes;
export const giSign = (name) => palette.scales.gi.signs[giClasses().indexOf(name)] ?? "";
export const emergingColour = (name) => scale("emerging")[palette.scales.emerging.classes.indexOf(name)];
export const giColour = (name) => scale("gi")[giClasses().indexOf(name)];

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const v = parseInt(hex.slice(at, at + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

/** Dark ink or white, whichever contrasts more with a fill. */
export function inkOn(hex) {
  const { ink, panel } = palette.tokens.light;
  const fill = luminance(hex);
  return contrast(fill, luminance(ink)) >= contrast(fill, luminance(panel)) ? ink : panel;
}
