/** Language and theme are kept between visits; the address wins. */

const YEAR_S = 31_536_000;

export function remember({ lang, theme }) {
  try {
    document.cookie = `lang=${lang}; path=/; max-age=${YEAR_S}; samesite=strict`;
    document.cookie = `theme=${theme}; path=/; max-age=${YEAR_S}; samesite=strict`;
  } catch {
    /* a file opened from disk has no cookies */
  }
}

export function chosenTheme(theme) {
  if (theme === "light" || theme === "dark") return theme;
  return window.matchMedia?.("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
