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

/**
 * One of the portfolio's own pictures, in the size and colours of the reader's screen. What is printed is one of its own, in
 * light colours: a browser does not wait on paper for what it has not loaded for the screen.
 */
export function Picture({ name, portfolioId, query, height, narrowHeight = height, alt }: PictureProps) {
  const src = (size: { width: number; height: number }, theme: string) => {
    const sized = { ...query, width: String(size.width), height: String(size.height), theme };
    return `/portfolios/${portfolioId}/${name}?${new URLSearchParams(sized)}`;
  };
  const wide = { width: WIDTH, height };
  const narrow = { width: NARROW_WIDTH, height: narrowHeight };
  return (
    <div class="picture">
      <picture>
        <source {...narrow} srcset={src(narrow, "dark")} media={`${NARROW} and ${DARK}`} />
        <source {...narrow} srcset={src(narrow, "light")} media={NARROW} />
        <source {...wide} srcset={src(wide, "dark")} media={DARK} />
        <img {...wide} src={src(wide, "light")} alt={alt} />
      </picture>
      <img class="printed" {...wide} src={src(wide, "light")} alt={alt} />
    </div>
  );
}
