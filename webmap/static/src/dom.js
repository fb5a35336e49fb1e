const SVG = "http://www.w3.org/2000/svg";

function fill(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

function assign(node, attributes) {
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "style") for (const [name, text] of Object.entries(value)) node.style.setProperty(name, text);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  return node;
}

export const h = (tag, attributes, ...children) => fill(assign(document.createElement(tag), attributes), children);
export const s = (tag, attributes, ...children) => fill(assign(document.createElementNS(SVG, tag), attributes), children);
export const byId = (id) => document.getElementById(id);

/** Replace a node's children, keeping focus on the control with the same `data-focus` name. */
export function paint(node, ...children) {
  const held = node.contains(document.activeElement) ? document.activeElement.getAttribute("data-focus") : null;
  const top = node.scrollTop;
  node.replaceChildren();
  fill(node, children);
  node.scrollTop = top;
  if (held) node.querySelector(`[data-focus="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  return node;
}

export function debounce(run, wait_ms) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...args), wait_ms);
  };
}
