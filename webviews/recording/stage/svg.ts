const SVG = 'http://www.w3.org/2000/svg';

/** Creates an element of a drawing. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | number>>,
): SVGElementTagNameMap[Tag] {
  const created = document.createElementNS(SVG, tag);
  setAttributes(created, attributes);
  return created;
}

/** Sets attributes of an element of a drawing. */
export function setAttributes(
  target: SVGElement,
  attributes: Readonly<Record<string, string | number>>,
): void {
  for (const [name, value] of Object.entries(attributes)) {
    target.setAttribute(name, String(value));
  }
}
