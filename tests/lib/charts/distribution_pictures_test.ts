import assert from "node:assert/strict";
import fc from "fast-check";
import { svgText } from "../../../lib/charts/chart.tsx";
import { correlationHeatmap } from "../../../lib/charts/correlation_heatmap.tsx";
import { binsOf, returnHistogram } from "../../../lib/charts/return_histogram.tsx";
import { assertPicture, assertTextsWithin, textsOf } from "../../support/svg.ts";

const SIZE = { width: 720, height: 320, theme: "light" } as const;
const pictureOf = (returns: number[], marks: { label: string; loss: number }[] = []) => ({
  ...{ name: "Growth", from: "2021-01-04", to: "2021-11-05", returns, marks },
});

Deno.test("bins are of one width, and each return is in one", () => {
  assert.deepEqual(binsOf([0, 1, 2, 3, 5]).map(({ from, to, count }) => [from, to, count]), [
    [0, 1, 1],
    [1, 2, 1],
    [2, 3, 1],
    [3, 4, 1],
    [4, 5, 1],
  ]);
});

Deno.test("property: no return is lost between the bins, and marks are within them", () => {
  const returns = fc.array(fc.double({ noNaN: true, min: -1, max: 1 }), { minLength: 1, maxLength: 200 });
  fc.assert(fc.property(returns, fc.double({ noNaN: true, min: -1, max: 1 }), (each, mark) => {
    const bins = binsOf(each, [mark]);
    assert.equal(bins.reduce((sum, { count }) => sum + count, 0), each.length);
    assert.ok((bins[0]?.from ?? 1) <= mark && mark <= (bins.at(-1)?.to ?? -1) + 1e-12);
  }));
});

Deno.test("a histogram: a bar a bin, its height the count, and a line with a label for each mark", async () => {
  const marks = [{ label: "VaR 95 %", loss: 0.02 }, { label: "ES 97.5 %", loss: 0.03 }];
  const svg = await svgText(returnHistogram(pictureOf([-0.03, -0.01, -0.01, 0.01, 0.02, 0.02], marks), SIZE));
  const elements = assertPicture(svg, SIZE);
  const bars = elements.filter(({ name, attributes }) => name === "rect" && attributes["x"] !== undefined);
  assert.equal(bars.length, 3);
  const heights = bars.map(({ attributes }) => Number(attributes["height"]));
  for (const [i, height] of heights.entries()) assert.ok(Math.abs(height / (heights[0] ?? 1) - (i + 1)) < 1e-2);
  assert.equal(elements.filter(({ attributes }) => attributes["stroke-dasharray"] !== undefined).length, 2);
  assert.ok(textsOf(elements).includes("VaR 95 %: 2.00 %"));
  const lastLine = elements.findLastIndex(({ attributes }) => attributes["stroke-dasharray"] !== undefined);
  const firstLabel = elements.findIndex(({ attributes }) => attributes["paint-order"] !== undefined);
  assert.ok(lastLine < firstLabel, "no line is drawn through a label");
  assert.equal(textsOf(elements, "desc")[0], "6 returns, 2021-01-04 to 2021-11-05. VaR 95 % 2.00 %, ES 97.5 % 3.00 %.");
});

Deno.test("property: a histogram's text stays in the picture, in any size", async () => {
  const returns = fc.array(fc.double({ noNaN: true, min: -1, max: 1 }), { minLength: 1, maxLength: 50 });
  const losses = fc.array(fc.double({ noNaN: true, min: -1, max: 1 }), { maxLength: 3 });
  const sizes = fc.record({
    width: fc.integer({ min: 200, max: 800 }),
    height: fc.integer({ min: 120, max: 800 }),
    theme: fc.constant("light" as const),
  });
  await fc.assert(fc.asyncProperty(returns, losses, sizes, async (each, losses, size) => {
    const marks = losses.map((loss) => ({ label: "VaR 97.5 %", loss }));
    assertTextsWithin(assertPicture(await svgText(returnHistogram(pictureOf(each, marks), size)), size), size);
  }));
});

Deno.test("a histogram of no returns, of one, of some that are all alike", async () => {
  const nothing = assertPicture(await svgText(returnHistogram(pictureOf([]), SIZE)), SIZE);
  assert.ok(textsOf(nothing).includes("No returns can be told"));
  for (const returns of [[0], [0.01, 0.01, 0.01], [-1, -1]]) {
    assertPicture(await svgText(returnHistogram(pictureOf(returns, [{ label: "VaR", loss: 0 }]), SIZE)), SIZE);
  }
});

const matrixOf = (labels: string[], values: (number | null)[]) => ({
  ...{ name: "Growth", detail: "252 returns", kind: "assets" as const, total: labels.length },
  labels,
  values,
});

Deno.test("a matrix: a square for each two, with its number and colour; the ends in words", async () => {
  const values = [1, -0.5, 0.25, -0.5, 1, null, 0.25, null, 1];
  const size = { width: 400, height: 400, theme: "light" } as const;
  const elements = assertPicture(await svgText(correlationHeatmap(matrixOf(["AA", "BB", "CC"], values), size)), size);
  const squares = elements.filter(({ name, attributes }) => name === "rect" && attributes["x"] !== undefined);
  assert.equal(squares.length, 9);
  assert.deepEqual(squares.map(({ attributes }) => attributes["fill"]), [
    ...["rgb(233, 122, 91)", "rgb(181, 203, 247)", "rgb(250, 222, 214)"],
    ...["rgb(181, 203, 247)", "rgb(233, 122, 91)", "#dde5e3"],
    ...["rgb(250, 222, 214)", "#dde5e3", "rgb(233, 122, 91)"],
  ]);
  for (const text of ["AA", "1.00", "−0.50", "0.25", "–"]) assert.ok(textsOf(elements).includes(text), text);
  assert.equal(textsOf(elements, "desc")[0], "252 returns. Highest: AA and CC 0.25; lowest: AA and BB −0.50.");
});

Deno.test("a matrix of nothing, of one, of many in little room", async () => {
  for (const count of [0, 1, 40]) {
    const labels = Array.from({ length: count }, (_, i) => `ASSET-${i}`);
    const values = labels.flatMap((_, i) => labels.map((_, j) => i === j ? 1 : null));
    const size = { width: 200, height: 120, theme: "dark" } as const;
    assertPicture(await svgText(correlationHeatmap(matrixOf(labels, values), size)), size);
  }
});

Deno.test("a matrix shows as many as it can name, each beside its row and below its column, and says of how many", async () => {
  const labels = Array.from({ length: 40 }, (_, i) => `A${100 + i}`);
  const values = labels.flatMap((_, i) => labels.map((_, j) => i === j ? 1 : (i + j) / 100));
  for (const [width, height] of [[240, 180], [400, 460], [720, 520], [2_000, 2_000]] as const) {
    const size = { width, height, theme: "light" } as const;
    const elements = assertPicture(await svgText(correlationHeatmap(matrixOf(labels, values), size)), size);
    const named = textsOf(elements, "text").filter((text) => labels.includes(text));
    const count = named.length / 2;
    assert.ok(Number.isInteger(count) && count > 1, `${named.length} names in ${width}`);
    assert.deepEqual(named, [...labels.slice(0, count), ...labels.slice(0, count)]);
    const [first = ""] = textsOf(elements, "desc");
    assert.ok(
      first.startsWith(count === 40 ? "252 returns." : `the ${count} largest of 40 assets, 252 returns.`),
      first,
    );
    const cells = elements.filter(({ name, attributes }) => name === "rect" && attributes["x"] !== undefined);
    assert.equal(cells.length, count ** 2);
    for (const { attributes } of cells) {
      assert.ok(Number(attributes["height"]) >= 11 && Number(attributes["width"]) >= 11);
    }
  }
});
