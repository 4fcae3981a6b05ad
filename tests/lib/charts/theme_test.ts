import assert from "node:assert/strict";
import { sectorColour, themeOf, THEMES } from "../../../lib/charts/theme.ts";
import { SECTORS } from "../../../lib/store/assets.ts";

/** WCAG 2.2: relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2.2: contrast ratio. */
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

Deno.test("the contrast of black on white is 21, of #767676 on white 4.54", () => {
  assert.ok(Math.abs(contrast("#000000", "#ffffff") - 21) < 1e-9);
  assert.ok(Math.abs(contrast("#767676", "#ffffff") - 4.54) < 0.005);
});

for (const name of THEMES) {
  const theme = themeOf(name);
  Deno.test(`${name}: text can be read on what it stands on`, () => {
    const pairs = [
      [theme.ink, theme.paper],
      [theme.quiet, theme.paper],
      [theme.loss, theme.paper],
      ...SECTORS.map((sector) => [theme.onSector, sectorColour(theme, sector)]),
      ...theme.correlation.map((ground) => [theme.onCorrelation, ground]),
    ];
    for (const [text = "", ground = ""] of pairs) {
      assert.ok(contrast(text, ground) >= 4.5, `${text} on ${ground}: ${contrast(text, ground).toFixed(2)}`);
    }
  });

  Deno.test(`${name}: shapes stand out from the paper, and every sector has a colour of its own`, () => {
    const colours = SECTORS.map((sector) => theme.sectors[sector] ?? assert.fail(sector));
    for (const colour of [...colours, theme.accent, theme.loss]) assert.ok(contrast(colour, theme.paper) >= 3, colour);
    assert.equal(new Set(colours).size, SECTORS.length);
  });
}
