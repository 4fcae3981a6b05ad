import { sectorColour, type Theme } from "./theme.ts";

const idOf = (sector: string): string => `stripes-${sector}`;

/** How a slice is filled: in its sector's colour, or striped with it where it is short. */
export const fillOf = (theme: Theme, sector: string, value: number): string =>
  value < 0 ? `url(#${idOf(sector)})` : sectorColour(theme, sector);

/** The stripes of what is short, told apart without colour. */
export function Stripes({ sectors, theme }: { sectors: readonly string[]; theme: Theme }) {
  return (
    <defs>
      {[...new Set(sectors)].map((sector) => (
        <pattern
          id={idOf(sector)}
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="6" height="6" fill={theme.paper} />
          <rect width="3" height="6" fill={sectorColour(theme, sector)} />
        </pattern>
      ))}
    </defs>
  );
}
