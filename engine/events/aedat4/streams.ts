import type { SensorSize } from '../eventBatch';

/** One stream as the header's XML describes it. */
export interface StreamDescription {
  readonly id: number;
  /** EVTS, FRME, IMUS, TRIG or another identifier. */
  readonly type: string;
  /** Name of the output it was recorded from: "events", "frames". */
  readonly output: string;
  readonly source: string;
  readonly size: SensorSize | undefined;
}

interface XmlNode {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: XmlNode[];
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name]!);
}

/** The tree of `<node name>` with its `<attr key>value</attr>`; anything else in the text is passed over. */
function parseNodes(xml: string): XmlNode {
  const root: XmlNode = { name: '', attributes: new Map(), children: [] };
  const open = [root];
  const tokens =
    /<node\b[^>]*?\bname="([^"]*)"[^>]*?(\/?)>|<(\/)node\s*>|<attr\b[^>]*?\bkey="([^"]*)"[^>]*?>([^<]*)<\/attr\s*>/g;
  for (const [, name, selfClosed, closing, key, value] of xml.matchAll(tokens)) {
    const parent = open.at(-1)!;
    if (closing) {
      if (open.length > 1) {
        open.pop();
      }
    } else if (name !== undefined) {
      const node: XmlNode = { name: unescaped(name), attributes: new Map(), children: [] };
      parent.children.push(node);
      if (!selfClosed) {
        open.push(node);
      }
    } else if (key !== undefined) {
      parent.attributes.set(key, unescaped(value ?? '').trim());
    }
  }
  return root;
}

function* allNodes(node: XmlNode): Generator<XmlNode> {
  for (const child of node.children) {
    yield child;
    yield* allNodes(child);
  }
}

function sizeOf(node: XmlNode | undefined): SensorSize | undefined {
  const width = Number(node?.attributes.get('sizeX'));
  const height = Number(node?.attributes.get('sizeY'));
  return width > 0 && height > 0 ? { width, height } : undefined;
}

/** The streams of the header's XML: nodes with a number as their name and a type identifier. Paths vary by writer. */
export function parseStreams(xml: string): StreamDescription[] {
  const streams: StreamDescription[] = [];
  for (const node of allNodes(parseNodes(xml))) {
    const type = node.attributes.get('typeIdentifier');
    if (type && /^\d+$/.test(node.name)) {
      const info = node.children.find(({ name }) => name === 'info');
      streams.push({
        id: Number(node.name),
        type,
        output: node.attributes.get('originalOutputName') ?? node.attributes.get('originalModuleName') ?? '',
        source: info?.attributes.get('source') ?? '',
        // evutils has the size beside the type.
        size: sizeOf(info) ?? sizeOf(node),
      });
    }
  }
  return streams;
}
