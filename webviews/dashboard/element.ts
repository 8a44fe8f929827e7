type Child = Node | string;

/**
 * Creates an element. Attributes with the value false are left out, those with true are set empty; nothing is
 * parsed from text, so run names and messages cannot become markup.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | number | boolean>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) {
      created.setAttribute(name, value === true ? '' : String(value));
    }
  }
  created.append(...children);
  return created;
}

/** Sets the text of a node, unless it is the same already (a live region would be read again). */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}
