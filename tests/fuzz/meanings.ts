/**
 * What is refused for what it means, where no schema can say so: by operation, how what is wrong with a value is told. Any other
 * refusal of what the document allows is a fault, of the program or of the document.
 *
 * @module
 */
const MEANINGS: readonly (readonly [operations: RegExp, details: RegExp])[] = [
  [/./, /^use a next_cursor of the same list$/],
  [/./, /^was used for another request: another path, body or credential takes another key$/],
  // Days and instants against each other, and against now.
  [/./, /^must (be after|not be before|not be after|not be given together with) (from|as_of|to)\b/],
  [/./, /^must be \d{4}-\d\d-\d\d or (earlier|later)$|^must not be in the future|^must be in the future$/],
  [/^(read|draw)/, /^must be a hundred years at most$|^must be \d+ days before to, or fewer$/],
  [/^(read|draw)/, /^needs dated transactions, which portfolios do not have yet$/],
  [
    /^readScenarios$/,
    /^must be given together with (from|to)$|^must name each target once$|of -1 or above|is neither a sector nor an asset/,
  ],
  [/^readRisk$/, /^must be one to 10 levels above 0 and below 1/],
  // Parameters and values that go together, or not.
  [/^listPortfolios$/, /^(q|owner) goes with scope=all$/],
  [/^listInspectedEntries$/, /^must be the first parts of a key/],
  [/^read/, /^There is no asset /],
  [/^computeMetrics$/, /^must have as many returns as `returns`$/],
  [/^backtestValueAtRisk$/, /^must not be more than `observations`$/],
  [
    /Asset$/,
    /^must not be given beside sector$|^add up to |because|, since (an asset of kind currency|the asset is cash)/,
  ],
  [/^createApiKey$/, /^must be an origin such as/],
  [/^createJob$/, /./],
  [/^acceptQuarantined$/, /./],
  // Decimals of so many digits; texts without what cannot be seen.
  [/./, /has more than \d+ digits before the point or \d+ after it$/],
  [/^putHistoricValues$/, /has more digits than are kept$/],
  [/./, /has more digits than a JSON number keeps; send it as a string$/],
  [/./, /^must not contain control characters or lone surrogates$|^must not be empty$/],
  [/./, /^must not be \. or \.\., which no path can name$/],
  [/Asset|Portfolio/, /^must be a currency code of ISO 4217/],
  [/Portfolio|Investments?$/, /^There is no asset |^\S+ stands at place \d+ already$|^must not be 0$/],
];

interface Told {
  readonly detail: string;
  readonly errors?: readonly { readonly detail: string }[];
}

export function refusedForItsMeaning(operation: string, text: string): boolean {
  const { detail, errors = [{ detail }] } = JSON.parse(text) as Told;
  const known = MEANINGS.filter(([operations]) => operations.test(operation)).map(([, details]) => details);
  return errors.every((error) => known.some((details) => details.test(error.detail)));
}
