/** The comparison in the address: how it is shown, and against what: "side@month:2026-10", "diff@at:62.5", "diff@scn:ID". */

export const MODES = ["side", "diff"];

const KINDS = {
  month: (text) => (/^\d{4}-(0[1-9]|1[0-2])$/.test(text) ? text : undefined),
  at: (text, boot) => (Object.values(boot.scales).some((scale) => Object.values(scale).includes(Number(text))) ? Number(text) : undefined),
  scn: (text, boot) => (boot.may?.points && /^[\w-]{4,64}$/.test(text) ? text : undefined),
};

/** {mode, kind, value}; undefined where it cannot be read. */
export function readComparison(text, boot) {
  const found = /^(\w+)@(\w+):(.+)$/.exec(text);
  if (!found || !MODES.includes(found[1]) || !(found[2] in KINDS)) return undefined;
  const value = KINDS[found[2]](found[3], boot);
  return value === undefined ? undefined : { mode: found[1], kind: found[2], value };
}

export const writeComparison = ({ mode, kind, value }) => `${mode}@${kind}:${value}`;
