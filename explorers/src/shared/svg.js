// Elements of the page, made in a line.

const SVG = "http://www.w3.org/2000/svg";

/** Set attributes; null takes one away. */
export function assign(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) node.removeAttribute(name);
    else node.setAttribute(name, value);
  }
  return node;
}

/** A new SVG element as the last of `parent`. */
export function draw(parent, name, attributes = {}, text = null) {
  const node = assign(document.createElementNS(SVG, name), attributes);
  if (text !== null) node.textContent = text;
  return parent.appendChild(node);
}

/** A new HTML element as the last of `parent`. */
export function add(parent, name, attributes = {}, text = null) {
  const node = assign(document.createElement(name), attributes);
  if (text !== null) node.textContent = text;
  return parent.appendChild(node);
}

/** Points in pixels as the d of a path. */
export function path(points, closed = false) {
  const all = points.map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`).join("L");
  return all && `M${all}${closed ? "Z" : ""}`;
}
