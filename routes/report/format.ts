/**
 * Numbers as the report writes them for readers: rounded, with their thousands apart. Who wants more digits asks the API.
 *
 * @module
 */
import type { Metric, MissingReason } from "../../lib/analysis/metric.ts";

const twoPlaces = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const exact = new Intl.NumberFormat("en-US", { maximumFractionDigits: 8 });
/** A proper minus, and none before what is zero when it is rounded. */
const minus = (text: string): string => text.replace(/^-(?=[0.,]*$)/, "").replace(/^-/, "−");

/** Money, rounded to two places from its exact decimal. */
export const money = (plain: string): string => minus(twoPlaces.format(plain as Intl.StringNumericLiteral));

/** Shares and prices, with all their digits. */
export const quantity = (plain: string): string => minus(exact.format(plain as Intl.StringNumericLiteral));

/** The space does not break. */
export const fraction = (value: number, digits = 2): string => `${minus((value * 100).toFixed(digits))}\u00a0%`;

/** A level of confidence, with the digits that it has. */
export const level = (confidence: number): string => `${Number((confidence * 100).toPrecision(10))}\u00a0%`;

/** The same with a plus before what is gained. */
export const change = (value: number): string => `${value > 0 ? "+" : ""}${fraction(value)}`;

export const ratio = (value: number): string => minus(value.toFixed(2));

export const reasonText = (reason: MissingReason): string => reason.replaceAll("_", " ");

/** What a metric is, or why there is none. */
export const told = (metric: Metric, as: (value: number) => string): string =>
  metric.value === null ? reasonText(metric.reason) : as(metric.value);
