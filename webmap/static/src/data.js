/** All data comes through here: from the page itself in a standalone file, else from our own origin. */

import { begin } from "./traffic.js";

let base = "";
let machine = null;
let version;
let language = "zh";
const listeners = new Set();
let waiting = 0;

export class DataError extends Error {
  constructor(status, body) {
    super(`status ${status}`);
    this.status = status;
    this.body = body;
  }

  /** What the service said, in the reader's language. */
  words(lang) {
    const said = this.body?.error ?? this.body?.words ?? this.body;
    if (typeof said === "string") return said;
    return said?.[lang] ?? said?.message?.[lang] ?? said?.message ?? said?.en ?? "";
  }
}

export class Unreachable extends Error {}

export function setupData(boot) {
  base = boot.urls?.base ?? "";
  machine = boot.machine ?? null;
  version = boot.snapshot ? `${boot.snapshot.id}.${boot.role}` : undefined;
}

export const setLanguage = (lang) => {
  language = lang;
};
export const isStandalone = () => machine !== null;
/** Called with the number of requests under way, and with "reached" / "unreachable". */
export const onTraffic = (listener) => listeners.add(listener);

const tell = (event) => listeners.forEach((listener) => listener(event, waiting));

function query(params = {}) {
  return Object.keys(params)
    .filter((key) => params[key] !== null && params[key] !== undefined && params[key] !== "")
    .sort()
    .map((key) => `${encodeURIComponent(key)}=${encodeURIComponent(params[key])}`)
    .join("&");
}

/** Path, then parameters sorted by name. */
export function address(path, params) {
  const text = query(params);
  return text ? `${path}?${text}` : path;
}

/** What a file from disk answers in the service's place; undefined: it does not carry that. */
function held(path, params) {
  const { v: _version, ...rest } = params ?? {};
  return machine.answer(path, rest, address(path, rest));
}

/** Whether an answer is to be had: a service has all, a file what it holds. */
export const isHeld = (path, params) => machine === null || held(path, params) !== undefined;

/** `isQuiet`: nobody waits for the answer. */
async function request(path, params, { signal, method = "GET", body, isQuiet = false } = {}) {
  const under = begin(path, isQuiet);
  waiting += isQuiet ? 0 : 1;
  tell("started");
  try {
    const response = await fetch(base + address(path, params), {
      method,
      headers: { "X-Gridscope": "1", "Accept-Language": language, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      signal: signal ?? under.signal,
    });
    tell("reached");
    if (response.ok) return response;
    const said = await response.json().catch(() => null);
    throw new DataError(response.status, said);
  } catch (fault) {
    if (fault instanceof DataError || fault.name === "AbortError") throw fault;
    tell("unreachable");
    throw new Unreachable(String(fault));
  } finally {
    under.end();
    waiting -= isQuiet ? 0 : 1;
    tell("ended");
  }
}

export async function getJSON(path, params, asked = {}) {
  if (machine) {
    const found = held(path, params);
    if (found === undefined) throw new DataError(404, { en: "not part of this file", zh: "本文件不含此项" });
    return found;
  }
  const response = await request(path, params, asked);
  return response.status === 204 ? null : response.json();
}

/** Send `body` as JSON and give the answer's; a quiet request moves no progress line. */
export async function sendJSON(method, path, body, { isQuiet = false } = {}) {
  const response = await request(path, undefined, { method, body, isQuiet });
  return response.status === 204 ? null : response.json();
}

/** One vector tile as an ArrayBuffer; empty where there is nothing. */
export async function getTile(layer, z, x, y, params, { signal } = {}) {
  const path = `/tiles/${layer}/${z}/${x}/${y}.mvt`;
  if (machine) return machine.tile(path);
  const response = await fetch(base + address(path, { ...params, v: version }), {
    headers: { "X-Gridscope": "1" },
    credentials: "same-origin",
    priority: layer.startsWith("units-") ? "auto" : "low",
    signal,
  });
  if (response.status === 204 || response.status === 404) return new ArrayBuffer(0);
  if (!response.ok) throw new DataError(response.status, null);
  return response.arrayBuffer();
}

/** The pattern of addresses of picture tiles. */
export const getTileURL = (path) => `${base}${path}?v=${version}`;

/** An address for an <img> or a download link. */
export function getBinaryURL(path, params) {
  if (!machine) return base + address(path, params);
  return held(path, params) ?? null;
}

/** Whether a request was given up by the reader. */
export const isCancelled = (fault) => fault?.name === "AbortError";

export default { getJSON, getTile, getBinaryURL };
