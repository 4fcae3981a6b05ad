import assert from "node:assert/strict";
import fc from "fast-check";
import { svgText } from "../../../lib/charts/chart.tsx";
import { sectorDonut } from "../../../lib/charts/sector_donut.tsx";
import type { SectorPicture } from "../../../lib/charts/sector_shares.ts";
import { sectorTreemap } from "../../../lib/charts/sector_treemap.tsx";
import { SECTORS } from "../../../lib/store/assets.ts";
import { assertPicture, textsOf } from "../../support/svg.ts";

const SIZE = { width: 720, height: 360, theme: "light" } as const;
const FORMS = { donut: sectorDonut, treemap: sectorTreemap };

const pictureOf = (sectors: SectorPicture["sectors"]): SectorPicture => ({
  ...{ name: "Growth", currency: "USD", asOf: "2021-11-05", sectors },
  total: sectors.reduce((sum, { value }) => sum + value, 0),
});

const TWO = pictureOf([
  {
    sector: "financials",
    name: "Financials",
    value: 300,
    holdings: [{ name: "GS", value: 200 }, { name: "JPM", value: 100 }],
  },
  { sector: "utilities", name: "Utilities", value: 100, holdings: [{ name: "EIX", value: 100 }] },
]);

const SHORT = pictureOf([
  { sector: "financials", name: "Financials", value: 300, holdings: [{ name: "GS", value: 300 }] },
  { sector: "energy", name: "Energy", value: -100, holdings: [{ name: "XOM", value: -100 }] },
]);

Deno.test("a donut: an arc a sector, of its share of the circle, with name and share beside it", async () => {
  const elements = assertPicture(await svgText(sectorDonut(TWO, SIZE)), SIZE);
  const arcs = elements.filter(({ name }) => name === "path");
  assert.equal(arcs.length, 2);
  const texts = textsOf(elements);
  for (const text of ["Growth by sector", "400 USD on 2021-11-05", "Financials", "75.0 %", "Utilities", "25.0 %"]) {
    assert.ok(texts.includes(text), text);
  }
  // A quarter of the circle begins at three quarters of it: left of the centre, and ends at its top.
  const radius = (360 - 56 - 16) / 2;
  assert.match(
    arcs[1]?.attributes["d"] ?? "",
    new RegExp(`^M-${radius},-?\\S+A${radius},${radius},0,0,1,-?0,-${radius}`),
  );
  assert.equal(textsOf(elements, "desc")[0], "400 USD on 2021-11-05. Financials 75.0 %, Utilities 25.0 %.");
});

Deno.test("a treemap: areas are as the values", async () => {
  const elements = assertPicture(await svgText(sectorTreemap(TWO, SIZE)), SIZE);
  const boxes = elements.filter(({ name, attributes }) => name === "rect" && attributes["rx"] === "3");
  assert.equal(boxes.length, 3);
  const [gs = 0, jpm = 0] = boxes.map(({ attributes }) => Number(attributes["width"]) * Number(attributes["height"]));
  assert.ok(Math.abs(gs / jpm - 2) < 0.05, `${gs} ${jpm}`);
  const texts = textsOf(elements);
  for (const text of ["Financials 75.0 %", "GS", "50.0 %", "JPM", "EIX"]) assert.ok(texts.includes(text), text);
});

for (const [form, draw] of Object.entries(FORMS)) {
  Deno.test(`${form}: what is short counts by its absolute value, is striped, and said to be`, async () => {
    const svg = await svgText(draw(SHORT, SIZE));
    const elements = assertPicture(svg, SIZE);
    assert.equal(elements.filter(({ name }) => name === "pattern").length, 1);
    assert.equal(
      elements.filter(({ attributes }) => attributes["fill"] === "url(#stripes-energy)").length,
      form === "donut" ? 2 : 1,
    );
    assert.ok(textsOf(elements).some((text) => text.endsWith("shorts striped, sizes by absolute value")));
    assert.match(textsOf(elements, "desc")[0] ?? "", /Financials 75\.0 %, Energy −25\.0 %/);
  });

  Deno.test(`${form}: nothing, worth nothing, without a price`, async () => {
    const nothing = [
      pictureOf([]),
      { ...pictureOf([]), asOf: null },
      pictureOf([{ ...TWO.sectors[0] ?? assert.fail(), value: 0, holdings: [{ name: "GS", value: 0 }] }]),
    ];
    for (const picture of nothing) {
      const elements = assertPicture(await svgText(draw(picture, SIZE)), SIZE);
      assert.ok(textsOf(elements).includes("Nothing to show"));
      assert.equal(elements.filter(({ name }) => name === "path").length, 0);
    }
  });

  Deno.test(`${form}: names are text, whatever is in them`, async () => {
    const name = `<script>alert("1")</script> & 'Söhne' \u{1f4b0}`;
    const elements = assertPicture(await svgText(draw({ ...TWO, name }, SIZE)), SIZE);
    assert.equal(textsOf(elements, "title")[0], `${name} by sector`);
  });

  Deno.test(`property: ${form}: a picture of any values in any size`, async () => {
    const value = fc.oneof(fc.double({ noNaN: true, min: -1e15, max: 1e15 }), fc.integer({ min: -1_000, max: 1_000 }));
    const holdings = fc.array(fc.record({ name: fc.string({ maxLength: 20 }), value }), { minLength: 1, maxLength: 6 });
    const sectors = fc.array(
      fc.record({ sector: fc.constantFrom(...SECTORS), name: fc.string({ maxLength: 30 }), value, holdings }),
      { maxLength: 12 },
    );
    const sizes = fc.record({
      width: fc.integer({ min: 200, max: 2_000 }),
      height: fc.integer({ min: 120, max: 2_000 }),
      theme: fc.constantFrom("light" as const, "dark" as const),
    });
    const words = new RegExp("NaN|Infinity|undefined|null|object");
    await fc.assert(
      fc.asyncProperty(
        sectors.filter((all) =>
          !words.test(JSON.stringify(all.map(({ name, holdings }) => [
            name,
            holdings.map((h) => h.name),
          ])))
        ),
        sizes,
        async (each, size) => {
          assertPicture(await svgText(draw(pictureOf(each), size)), size);
        },
      ),
    );
  });
}
