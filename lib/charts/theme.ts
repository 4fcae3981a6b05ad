/**
 * The colours of charts, on light paper and on dark. Text has a contrast of 4.5 to what it stands on, shapes one of 3 to
 * the paper (WCAG 2.2, 1.4.3 and 1.4.11); a test holds them to it.
 *
 * @module
 */
export const THEMES = ["light", "dark"] as const;
export type ThemeName = typeof THEMES[number];

export interface Theme {
  readonly paper: string;
  readonly ink: string;
  /** Of what explains. */
  readonly quiet: string;
  /** Of what only guides the eye. */
  readonly line: string;
  /** Of the one series of a chart. */
  readonly accent: string;
  readonly loss: string;
  /** Of text on a sector's colour. */
  readonly onSector: string;
  readonly sectors: Readonly<Record<string, string>>;
  /** From -1 over 0 to 1, and the text that stands on the two ends. */
  readonly correlation: readonly [opposite: string, none: string, alike: string];
  readonly onCorrelation: string;
}

const LIGHT: Theme = {
  paper: "#ffffff",
  ink: "#15211f",
  quiet: "#566662",
  line: "#dde5e3",
  accent: "#0f766e",
  loss: "#be123c",
  onSector: "#ffffff",
  sectors: {
    energy: "#b45309",
    materials: "#4d7c0f",
    industrials: "#475569",
    utilities: "#0e7490",
    health_care: "#be123c",
    financials: "#1d4ed8",
    consumer_discretionary: "#7e22ce",
    consumer_staples: "#166534",
    information_technology: "#0f766e",
    communication_services: "#be185d",
    real_estate: "#713f12",
    unclassified: "#6b7280",
  },
  correlation: ["#6b96ee", "#ffffff", "#e97a5b"],
  onCorrelation: "#15211f",
};

const DARK: Theme = {
  paper: "#18211f",
  ink: "#e6efec",
  quiet: "#9db0ab",
  line: "#2b3936",
  accent: "#5eead4",
  loss: "#fb7185",
  onSector: "#101716",
  sectors: {
    energy: "#fbbf24",
    materials: "#a3e635",
    industrials: "#cbd5e1",
    utilities: "#22d3ee",
    health_care: "#fb7185",
    financials: "#60a5fa",
    consumer_discretionary: "#c084fc",
    consumer_staples: "#4ade80",
    information_technology: "#5eead4",
    communication_services: "#f472b6",
    real_estate: "#fdba74",
    unclassified: "#9ca3af",
  },
  correlation: ["#2f6bd6", "#18211f", "#c2492a"],
  onCorrelation: "#ffffff",
};

const BY_NAME: Readonly<Record<ThemeName, Theme>> = { light: LIGHT, dark: DARK };

export const themeOf = (name: ThemeName): Theme => BY_NAME[name];

/** What no sector has a colour for is drawn as unclassified. */
export const sectorColour = ({ sectors, quiet }: Theme, sector: string): string =>
  sectors[sector] ?? sectors["unclassified"] ?? quiet;
