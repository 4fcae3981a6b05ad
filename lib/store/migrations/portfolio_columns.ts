/**
 * Version 5 to 6: portfolios are stored with their investments as columns, which programs from before cannot read. Those that
 * have them as rows are read as they are, and become columns when they change.
 *
 * @module
 */
export const portfolioColumns = (): Promise<void> => Promise.resolve();
