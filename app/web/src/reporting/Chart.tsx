// A small bar chart. What it shows stands in the table below it, too; its label says what it is.
export interface Bar {
  readonly key: string;
  readonly name: string;
  /** From the ground up. */
  readonly parts: readonly { readonly kind: "one" | "two" | "three"; readonly value: number }[];
  readonly says: string;
}

const HEIGHT = 120;
const WIDTH = 900;
const MOST = 14;
/** Bars drawn; of more only the first. */
const LIMIT = 200;

export function Chart({ label, bars }: { readonly label: string; readonly bars: readonly Bar[] }) {
  const shown = bars.slice(0, LIMIT);
  const tallest = Math.max(1, ...shown.map(({ parts }) => sum(parts)));
  const step = Math.min(60, WIDTH / Math.max(1, shown.length));
  const every = Math.ceil(shown.length / MOST);
  return (
    <svg
      className="chart"
      viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT + 20)}`}
      role="img"
      aria-label={label}
      preserveAspectRatio="xMinYMid meet"
    >
      <line className="chart-ground" x1="0" y1={HEIGHT} x2={WIDTH} y2={HEIGHT} />
      {shown.map((bar, n) => (
        <g key={bar.key} transform={`translate(${(n * step).toFixed(1)} 0)`}>
          <title>{bar.says}</title>
          <Stack bar={bar} width={Math.max(1, step * 0.7)} scale={(HEIGHT - 8) / tallest} />
          {n % every === 0 && (
            <text className="chart-name" x="0" y={HEIGHT + 14}>
              {short(bar.name, (step * every) / 7)}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}

interface StackProps {
  readonly bar: Bar;
  readonly width: number;
  readonly scale: number;
}

function Stack({ bar, width, scale }: StackProps) {
  let top = HEIGHT;
  return bar.parts.map(({ kind, value }) => {
    const height = value * scale;
    top -= height;
    return <rect key={kind} className={`chart-${kind}`} x="0" y={top} width={width} height={height} />;
  });
}

const sum = (parts: Bar["parts"]): number => parts.reduce((all, { value }) => all + value, 0);

const short = (name: string, most: number): string =>
  name.length <= most ? name : `${name.slice(0, Math.max(1, Math.floor(most) - 1))}…`;
