/**
 * What a user may be, and what a key may be for.
 *
 * @module
 */

/** `viewer` reads all and changes nothing; `administrator` runs the place. */
export const ROLES = ["user", "viewer", "administrator"] as const;
export type Role = typeof ROLES[number];

export const SCOPES = ["portfolios:read", "portfolios:write", "analysis:read", "admin"] as const;
export type Scope = typeof SCOPES[number];
