/**
 * Reading a picture in a test: its elements with their attributes and text, and whether it is what XML allows.
 *
 * @module
 */
import assert from "node:assert/strict";
import { widthOf } from "../../lib/charts/text.ts";

export interface SvgElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Its own text, without that of the elements in it. */
  text: string;
}

const TOKEN = /<(\/?)([a-zA-Z]+)((?:\s+[a-zA-Z][\w:-]*="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function decoded(text: string): string {
  return text.replaceAll(/&([^;&\s]*);?/g, (entity, name) => {
    assert.ok(entity.endsWith(";") && Object.hasOwn(ENTITIES, name), `${entity} is no entity of XML`);
    return ENTITIES[name] ?? "";
  });
}

/** All elements in their order; fails where a tag is not closed, an attribute not quoted or a character not escaped. */
export function elementsOf(svg: string): SvgElement[] {
  const elements: SvgElement[] = [];
  const open: SvgElement[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < svg.length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(svg);
    assert.ok(found, `Not well-formed at ${JSON.stringify(svg.slice(at, at + 80))}`);
    const [, isEnd, name = "", attributes = "", isEmpty, text] = found;
    if (text !== undefined) {
      const inner = open.at(-1);
      assert.ok(inner !== undefined || text.trim() === "", `Text outside of all elements: ${text}`);
      if (inner !== undefined) inner.text += decoded(text);
    } else if (isEnd) {
      assert.equal(open.pop()?.name, name, "A tag that closes another than the last one that was opened");
    } else {
      const element = { name, attributes: attributesOf(attributes), text: "" };
      elements.push(element);
      if (!isEmpty) open.push(element);
    }
  }
  assert.deepEqual(open, [], "Elements that are not closed");
  return elements;
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([a-zA-Z][\w:-]*)="([^"]*)"/g)].map((
    [, name = "", value = ""],
  ) => [name, decoded(value)]);
  assert.equal(new Set(pairs.map(([name]) => name)).size, pairs.length, `An attribute stands twice: ${text}`);
  return Object.fromEntries(pairs);
}

/** What every picture of ours keeps: accessible, of the size that was asked for, without scripts, and drawn with numbers. */
export function assertPicture(svg: string, { width, height }: { width: number; height: number }): SvgElement[] {
  const elements = elementsOf(svg);
  const [root, title, description] = elements;
  assert.deepEqual([root?.name, title?.name, description?.name], ["svg", "title", "desc"]);
  assert.equal(root?.attributes["role"], "img");
  assert.equal(root?.attributes["xmlns"], "http://www.w3.org/2000/svg");
  assert.equal(root?.attributes["aria-labelledby"], `${title?.attributes["id"]} ${description?.attributes["id"]}`);
  assert.ok(title?.text !== "" && description?.text !== "");
  assert.deepEqual([root?.attributes["width"], root?.attributes["height"]], [String(width), String(height)]);
  assert.equal(root?.attributes["viewBox"], `0 0 ${width} ${height}`);
  assert.doesNotMatch(svg, /NaN|Infinity|undefined|null|\[object/);
  const banned = ["script", "style", "foreignObject", "image", "use", "a"];
  assert.deepEqual(elements.filter(({ name }) => banned.includes(name)), []);
  for (const { attributes } of elements) {
    assert.deepEqual(Object.keys(attributes).filter((name) => /^on|^style$|href/.test(name)), []);
    for (const size of ["width", "height", "r"]) {
      assert.ok(attributes[size] === undefined || Number(attributes[size]) >= 0, `${size}="${attributes[size]}"`);
    }
  }
  return elements;
}

/** No text goes beyond the picture's edges, as far as that can be told without a font; upright ones aside. */
export function assertTextsWithin(elements: readonly SvgElement[], { width }: { width: number }): void {
  for (const { attributes, text } of elements.filter(({ name, attributes }) => name === "text" && attributes["x"])) {
    if (attributes["transform"] !== undefined) continue;
    const [x, length] = [Number(attributes["x"]), widthOf(text, Number(attributes["font-size"] ?? 12))];
    const left = { end: x - length, middle: x - length / 2 }[attributes["text-anchor"] ?? "start"] ?? x;
    assert.ok(left >= 0 && left + length <= width + 0.01, `${text}: ${left} to ${left + length} of ${width}`);
  }
}

/** The text of every element of a name. */
export const textsOf = (elements: readonly SvgElement[], name = "text"): string[] =>
  elements.filter((element) => element.name === name).map(({ text }) => text);
