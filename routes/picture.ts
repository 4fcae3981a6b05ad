/**
 * Pictures on the wire: how large, in which colours, and as what they are answered.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { type ChartElement, type ChartSize, svgText } from "../lib/charts/chart.tsx";
import { THEMES } from "../lib/charts/theme.ts";
import { analysisQuery } from "./analysis_frame.ts";
import { answerText, type TextAnswer } from "./answer.ts";
import type { AppEnv } from "./env.ts";
import { answerOf, type PortfolioQuestion } from "./portfolio_answer.ts";

const SVG = "image/svg+xml";

/** For pages of other origins that embed nothing without it. */
const EMBEDDABLE = { "cross-origin-resource-policy": "cross-origin" };

const pixels = (low: number, high: number, description: string, usual: number) =>
  z.string().regex(/^\d{1,4}$/, `must be a whole number from ${low} to ${high}`).transform(Number)
    .pipe(z.number().min(low, `must be ${low} or more`).max(high, `must be ${high} or less`)).default(usual)
    .openapi({ type: "integer", minimum: low, maximum: high, default: usual, description });

/** What every picture can be asked. */
export const sizeQuery = (usualHeight: number) => ({
  width: pixels(200, 2_000, "Pixels", 720),
  height: pixels(120, 2_000, "Pixels", usualHeight),
  theme: z.enum(THEMES).default("light").openapi({ description: "The colours: on white paper, or on dark" }),
});

/** What a picture of an analysis can be asked: a picture explains nothing. */
export const pictureQuery = (usualHeight: number) =>
  analysisQuery({}).omit({ explain: true }).extend(sizeQuery(usualHeight));

/** Without what only the picture depends on, so that pictures and numbers share one analysis. */
export const questionOf = <T extends { width: number; height: number; theme: string }>(
  { width: _width, height: _height, theme: _theme, ...question }: T,
) => question;

export const picture = (description: string) => ({
  description,
  content: {
    [SVG]: {
      schema: z.string().openapi({
        description: "With a title and a description, without scripts: to be shown by `<img>` on any page",
        example: '<svg xmlns="http://www.w3.org/2000/svg" …',
      }),
    },
  },
});

interface PictureAnswer<T> extends PortfolioQuestion<T> {
  readonly query: ChartSize;
  readonly draw: (made: T, size: ChartSize) => ChartElement;
}

export async function answerPicture<T extends { readonly marketVersion: string }>(
  c: Context<AppEnv>,
  { draw, ...question }: PictureAnswer<T>,
): Promise<TextAnswer> {
  const { width, height, theme } = question.query;
  return await answerOf(c, question, {
    respond: async (made, etag, headers) =>
      answerText(c, await svgText(draw(made, { width, height, theme })), SVG, {
        ...{ etag, isReusable: true },
        headers: { ...headers, ...EMBEDDABLE },
      }),
  }) as TextAnswer;
}
