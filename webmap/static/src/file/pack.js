/** What a file from disk carries: a document and tiles, deflated, as base64 in the page (`geo/desk/briefing/pack.py`). */

const LENGTH_BYTES = 4;

export const canUnpack = () => typeof DecompressionStream === "function";

function fromBase64(text) {
  const chars = atob(text);
  const bytes = new Uint8Array(chars.length);
  for (let i = 0; i < chars.length; i += 1) bytes[i] = chars.charCodeAt(i);
  return bytes;
}

/** The JSON that begins at `start` of `whole` with its length, and where it ends. */
function readAt(whole, start) {
  const begin = start + LENGTH_BYTES;
  const length = new DataView(whole).getUint32(start, true);
  return [JSON.parse(new TextDecoder().decode(new Uint8Array(whole, begin, length))), begin + length];
}

/** `{document, zooms, tile}` of the node that holds the pack; `tile(path)` is an ArrayBuffer, empty where there is none. */
export async function openPack(node) {
  const packed = new Blob([fromBase64(node.textContent.trim())]);
  node.textContent = "";
  const whole = await new Response(packed.stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
  const [document, end] = readAt(whole, 0);
  const [{ zooms, tiles }, start] = readAt(whole, end);
  const tile = (path) => {
    const [from, length] = tiles[path] ?? [0, 0];
    return whole.slice(start + from, start + from + length);
  };
  return { document, zooms, tile };
}
