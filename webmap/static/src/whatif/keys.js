/** Keys of the mode; what it does not use goes on to the page. */

import { TOOLS } from "./toolbar.js";
import { offset } from "./ground.js";

const TOOL_OF = Object.fromEntries(TOOLS.map(({ name, key }) => [key.toLowerCase(), name]));
const TURN = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
const BEARING = { ArrowUp: 0, ArrowRight: 90, ArrowDown: 180, ArrowLeft: 270 };
const FAST = 10;
/** On most keyboards these are Shift with the keys of the range. */
const OPEN = { "<": -1, ">": 1 };

/** What `?` lists of them: keys, and what each does. */
export const LISTED = [
  ["A", "add"],
  ["M", "move"],
  ["R", "turn"],
  ["O", "off"],
  ["C", "pick"],
  ["Enter", "use"],
  ["\u2190 \u2191 \u2192 \u2193", "arrows"],
  [", .", "range"],
  ["< >", "open"],
  ["Ctrl Z", "undo"],
  ["Delete", "remove"],
  ["Esc", "leave"],
];

const writes = (node) => node instanceof HTMLElement && (node.isContentEditable || ["TEXTAREA", "SELECT"].includes(node.tagName) || (node.tagName === "INPUT" && node.type !== "checkbox"));
const ownsArrows = (node) => node instanceof HTMLElement && ["slider", "radio", "menuitem", "option"].includes(node.getAttribute("role"));
const presses = (node) => node instanceof HTMLElement && ["BUTTON", "A", "INPUT", "SELECT"].includes(node.tagName);

function arrow(mode, event) {
  const edit = mode.editOf(mode.selected);
  if (!edit) return false;
  const by = event.shiftKey ? FAST : 1;
  if (mode.tool === "move") mode.moveTo(offset(mode.valuesOf(edit), BEARING[event.key], by));
  else mode.turnBy(TURN[event.key] * by);
  return true;
}

function press(mode, event) {
  const { key } = event;
  if (event.ctrlKey || event.metaKey) {
    if (key.toLowerCase() === "z") return (event.shiftKey ? mode.redo() : mode.undo()), true;
    if (key.toLowerCase() === "y") return mode.redo(), true;
    return false;
  }
  if (event.altKey) return false;
  if (TOOL_OF[key.toLowerCase()]) return mode.chooseTool(TOOL_OF[key.toLowerCase()], true), true;
  if (TURN[key]) return ownsArrows(event.target) ? false : arrow(mode, event);
  if (OPEN[key]) return mode.openBy(OPEN[key]), true;
  if (key.toLowerCase() === "c") return mode.pick(event.shiftKey ? -1 : 1), true;
  if (key === "," || key === ".") return mode.reachBy(key === "," ? -1 : 1), true;
  if (key === "Enter" && !presses(event.target)) return mode.useTool(), true;
  if (key === "Delete" && mode.selected) return mode.remove(mode.selected), true;
  if (key === "Escape") return mode.leave(), true;
  return key.toLowerCase() === "w" || key === "Backspace";
}

/** A listener for the whole page that comes before the page's own. */
export function modeKeys(mode) {
  return (event) => {
    if (writes(event.target) || mode.app.shell.open || document.querySelector(".gs-menu")) return;
    if (event.key === "Enter" && presses(event.target)) return;
    if (!press(mode, event)) return;
    mode.byKeyboard = true;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
}
