/**
 * Bundle each src/pages/NAME.js to ../NAME.js (one script per page: it carries its own desk and no other), the style sheets to
 * ../app.css and ../intake.css, then write ../manifest.json. Run as `node build.mjs`.
 */

import { createHash } from "node:crypto";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, version as esbuildVersion } from "esbuild";

const SRC = dirname(fileURLToPath(import.meta.url));
const STATIC = dirname(SRC);
const TARGET = "es2020";
const LICENCES = {
  leaflet: "LICENSE",
  "@mapbox/vector-tile": "LICENSE.txt",
  "@mapbox/point-geometry": "LICENSE",
  pbf: "LICENSE",
};

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const readJSON = (path) => JSON.parse(readFileSync(path, "utf8"));
const packageOf = (name) => readJSON(join(SRC, "node_modules", name, "package.json"));
const licenceFile = (name) => `licences/${name.replace("@", "").replace("/", "-")}.txt`;

function sources(folder = SRC) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "node_modules")
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? sources(path) : [relative(SRC, path).replaceAll("\\", "/")];
    })
    .filter((path) => /\.(js|mjs|css|json)$/.test(path))
    .sort((a, b) => (a < b ? -1 : 1));
}

/** SHA-256 over lines "path NUL sha256 newline" of every source file, sorted by path. */
function sourcesDigest() {
  const lines = sources().map((path) => `${path}\0${sha256(readFileSync(join(SRC, path)))}\n`);
  return sha256(lines.join(""));
}

const before = sourcesDigest();
const common = { bundle: true, minify: true, target: TARGET, logLevel: "warning", legalComments: "none", charset: "utf8" };
const pages = readdirSync(join(SRC, "pages")).sort();
await build({ ...common, entryPoints: pages.map((page) => join(SRC, "pages", page)), outdir: STATIC, format: "iife", globalName: "gridscope" });
const styles = sources().filter((path) => path.endsWith(".css"));
const isIntake = (path) => path.startsWith("intake/");
for (const [name, isOwn] of [
  ["app.css", (path) => !isIntake(path)],
  ["intake.css", isIntake],
]) {
  await build({
    ...common,
    target: ["chrome111", "firefox113", "safari16.2"],
    stdin: { contents: styles.filter(isOwn).map((path) => `@import "./${path}";`).join("\n"), resolveDir: SRC, loader: "css" },
    outfile: join(STATIC, name),
  });
}

for (const name of ["leaflet.js", "leaflet.css"]) copyFileSync(join(SRC, "node_modules/leaflet/dist", name), join(STATIC, name));
for (const [name, file] of Object.entries(LICENCES)) copyFileSync(join(SRC, "node_modules", name, file), join(STATIC, licenceFile(name)));
if (sourcesDigest() !== before) throw new Error("sources changed while they were bundled; run the build again");

const own = readJSON(join(SRC, "package.json"));
const described = (name, origin) => {
  const { version, license } = packageOf(origin);
  return { name, version, sha256: sha256(readFileSync(join(STATIC, name))), licence: license, licence_file: licenceFile(origin), origin };
};
const ours = (name) => ({ name, version: own.version, sha256: sha256(readFileSync(join(STATIC, name))), licence: "own", origin: "src" });
const manifest = {
  sources_sha256: before,
  built_with: { esbuild: esbuildVersion, target: TARGET },
  files: [...["app.css", "intake.css", ...pages].sort().map(ours), described("leaflet.css", "leaflet"), described("leaflet.js", "leaflet")],
  bundled: Object.keys(LICENCES)
    .filter((name) => name !== "leaflet")
    .map((name) => ({ name, version: packageOf(name).version, licence: packageOf(name).license, licence_file: licenceFile(name), inside: pages.join(", ") })),
};
writeFileSync(join(STATIC, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
