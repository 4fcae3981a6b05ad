/**
 * Whether a browser was on a page of ours when it sent a request. A cookie goes along whoever makes it send one, so that with a
 * session nothing is changed unless this says so.
 *
 * @module
 */
export interface SentFrom {
  /** `Sec-Fetch-Site` (Fetch Metadata), which no page can set. */
  readonly secFetchSite: string | null;
  readonly origin: string | null;
}

/** `Sec-Fetch-Site` decides; a browser that does not send it sends `Origin` with every write. */
export const isFromOurPages = ({ secFetchSite, origin }: SentFrom, publicUrl: string): boolean =>
  secFetchSite === null ? origin !== null && origin === new URL(publicUrl).origin : secFetchSite === "same-origin";
