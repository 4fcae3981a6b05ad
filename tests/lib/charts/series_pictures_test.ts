import assert from "node:assert/strict";
import fc from "fast-check";
import { svgText } from "../../../lib/charts/chart.tsx";
import { drawdownArea } from "../../../lib/charts/drawdown_area.tsx";
import { thinned } from "../../../lib/charts/thinned.ts";
import { type DatedSeries, valueLine } from "../../../lib/charts/value_line.tsx";
import { dayOf } from "../../../lib/day.ts";
import { assertPicture, assertTextsWithin, type SvgElement, textsOf } from "../../support/svg.ts";

const SIZE = { width: 720, height: 280, theme: "light" } as const;
const FORMS = { value: valueLine, drawdown: drawdownArea };

const seriesOf = (...values: number[]): DatedSeries => ({
  ...{ name: "Growth", currency: "USD", values },
  days: values.map((_, i) => dayOf(18_000 + i)),
});

/** The places that a path goes through, in pixels. */
function placesOf(elements: readonly SvgElement[]): [x: number, y: number][] {
  const path = elements.find(({ name }) => name === "path")?.attributes["d"] ?? assert.fail("There is no path");
  return [...path.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

Deno.test("a value's line rises with it, from the left edge to the right one", async () => {
  const elements = assertPicture(await svgText(valueLine(seriesOf(100, 110, 105), SIZE)), SIZE);
  const places = placesOf(elements);
  assert.deepEqual(places.map(([x]) => x), [64, 382, 700]);
  const [low = 0, high = 0, middle = 0] = places.map(([, y]) => y);
  assert.ok(high < middle && middle < low);
  assert.ok(Math.abs((middle - high) / (low - high) - 0.5) < 1e-3);
  assert.ok(textsOf(elements).includes("100 to 105 USD (+5.0 %), 2019-04-14 to 2019-04-16"));
  assert.ok(textsOf(elements).includes("110"));
});

Deno.test("in little room the heading leaves out the first value, then the days", async () => {
  const detailOf = async (width: number) => {
    const size = { ...SIZE, width };
    return textsOf(assertPicture(await svgText(valueLine(seriesOf(100, 110, 105), size)), size))[1];
  };
  assert.equal(await detailOf(330), "105 USD (+5.0 %), 2019-04-14 to 2019-04-16");
  assert.equal(await detailOf(280), "105 USD (+5.0 %) on 2019-04-16");
  assert.equal(await detailOf(200), "105 USD (+5.0 %)");
});

Deno.test("numbers on an axis fit beside it, however small or large they are", async () => {
  const labelsOf = async (draw: typeof valueLine, ...values: number[]) =>
    textsOf(assertPicture(await svgText(draw(seriesOf(...values), SIZE)), SIZE)).slice(2);
  assert.deepEqual((await labelsOf(valueLine, -2e-12, 0)).slice(0, 2), ["−2E-12", "−1.5E-12"]);
  assert.ok((await labelsOf(valueLine, 0, 2e20)).includes("2E20"));
  assert.ok((await labelsOf(drawdownArea, 1, -1e4)).includes("−1M %"));
});

Deno.test("days on the axis say their year once, and anew where it changes", async () => {
  const days = Array.from({ length: 40 }, (_, i) => dayOf(18_610 + i));
  const picture = valueLine({ name: "Growth", currency: "USD", values: days.map((_, i) => 100 + i), days }, SIZE);
  const texts = textsOf(assertPicture(await svgText(picture), SIZE));
  assert.deepEqual(texts.filter((text) => /^\d+ [A-Z][a-z]{2}( \d{4})?$/.test(text)), [
    ...["20 Dec 2020", "27 Dec", "3 Jan 2021", "10 Jan", "17 Jan"],
  ]);
});

Deno.test("a drawdown hangs from zero, and its deepest day is told", async () => {
  const elements = assertPicture(await svgText(drawdownArea(seriesOf(100, 80, 120, 90, 130), SIZE)), SIZE);
  const [top = 0, deep = 0, again = 0, deepest = 0] = placesOf(elements).map(([, y]) => y);
  assert.equal(top, again);
  assert.ok(deepest > deep && deep > top);
  assert.ok(Math.abs((deepest - top) / (deep - top) - 0.25 / 0.2) < 1e-3);
  assert.ok(textsOf(elements).includes("Deepest −25.0 % on 2019-04-17, 2019-04-14 to 2019-04-18"));
});

Deno.test("a value below zero is drawn with its zero line, and has no drawdown", async () => {
  const value = assertPicture(await svgText(valueLine(seriesOf(-50, 20, -10), SIZE)), SIZE);
  assert.ok(value.some(({ name, attributes }) => name === "line" && attributes["stroke"] === "#566662"));
  assert.ok(textsOf(value).includes("−50 to −10 USD, 2019-04-14 to 2019-04-16"));
  const drawdown = assertPicture(await svgText(drawdownArea(seriesOf(-50, 20), SIZE)), SIZE);
  assert.ok(textsOf(drawdown).includes("No drawdown can be told"));
});

for (const [form, draw] of Object.entries(FORMS)) {
  Deno.test(`${form}: no day, one day, days that are all alike`, async () => {
    for (const values of [[], [100], [100, 100, 100], [0, 0]]) {
      assertPicture(await svgText(draw(seriesOf(...values), SIZE)), SIZE);
    }
  });

  Deno.test(`property: ${form}: whatever the values are, the line stays in the picture`, async () => {
    const value = fc.oneof(fc.double({ noNaN: true, min: -1e12, max: 1e12 }), fc.integer({ min: -10, max: 10 }));
    const sizes = fc.record({
      width: fc.integer({ min: 200, max: 2_000 }),
      height: fc.integer({ min: 120, max: 2_000 }),
      theme: fc.constantFrom("light" as const, "dark" as const),
    });
    await fc.assert(fc.asyncProperty(fc.array(value, { maxLength: 50 }), sizes, async (values, size) => {
      const elements = assertPicture(await svgText(draw(seriesOf(...values), size)), size);
      assertTextsWithin(elements, size);
      if (!elements.some(({ name }) => name === "path")) return;
      for (const [x, y] of placesOf(elements)) {
        assert.ok(x >= 0 && x <= size.width && y >= 0 && y <= size.height, `${x}, ${y}`);
      }
    }));
  });
}

Deno.test("a long line is drawn by what its columns of pixels show: their ends, lowest and highest", () => {
  const points = Array.from({ length: 10_000 }, (_, at) => ({ at, value: Math.sin(at * at) }));
  points[5_555] = { at: 5_555, value: 9 };
  const shown = thinned(points, 100);
  assert.ok(shown.length <= 400);
  assert.deepEqual([shown[0], shown.at(-1)], [points[0], points.at(-1)]);
  assert.ok(shown.includes(points[5_555] ?? assert.fail()));
  assert.ok(shown.every(({ at }, i) => i === 0 || at > (shown[i - 1]?.at ?? 0)));
  assert.equal(thinned(points.slice(0, 400), 100).length, 400);
});
