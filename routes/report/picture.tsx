interface PictureProps {
  /** Such as `value.svg`. */
  readonly name: string;
  readonly portfolioId: number;
  /** What the picture is asked, beside its size. */
  readonly query: Readonly<Record<string, string>>;
  /** Pixels; on the screen of a telephone `narrowHeight`. */
  readonly height: number;
  readonly narrowHeight?: number;
  /** What it shows, in words. */
  readonly alt: string;
}

const [WIDTH, NARROW_WIDTH] = [720, 400];
const NARROW = "(max-width: 40rem)";
const DARK = "(prefers-color-scheme: dark)";

/** One of the portfolio's own pictures, in the size and colours of the reader's screen, and in light ones on paper. */
export function Picture({ name, portfolioId, query, height, narrowHeight = height, alt }: PictureProps) {
  const src = (size: { width: number; height: number }, theme: string) => {
    const sized = { ...query, width: String(size.width), height: String(size.height), theme };
    return `/portfolios/${portfolioId}/${name}?${new URLSearchParams(sized)}`;
  };
  const wide = { width: WIDTH, height };
  const narrow = { width: NARROW_WIDTH, height: narrowHeight };
  return (
    <picture>
      <source {...narrow} srcset={src(narrow, "dark")} media={`screen and ${NARROW} and ${DARK}`} />
      <source {...narrow} srcset={src(narrow, "light")} media={`screen and ${NARROW}`} />
      <source {...wide} srcset={src(wide, "dark")} media={`screen and ${DARK}`} />
      <img {...wide} src={src(wide, "light")} alt={alt} />
    </picture>
  );
}
