/**
 * What an outcome says of a failure stands in logs and on pages, whoever wrote it.
 *
 * @module
 */

const LENGTH = 300;

/** Without control and invisible formatting characters, each of which becomes a space with those around it. */
export const onOneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim();

/** One bounded line of a text on one line. */
export const bounded = (line: string): string => line.slice(0, LENGTH).toWellFormed();
