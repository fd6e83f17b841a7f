// How the customer felt over time: a line, and the same in words.
import type { Conversation } from "../api/types";
import { useSentiments, type Felt } from "../live/history";
import { sentimentWord } from "../strings";
import { panelWords } from "../strings/panel";

const WIDTH = 232;
const HEIGHT = 36;
const EDGE = 4;

/** Very unhappy at the bottom, happy on top; the place along the line is the time. */
function points(felt: readonly Felt[]): readonly (readonly [number, number])[] {
  const first = felt[0]?.at ?? 0;
  const whole = (felt.at(-1)?.at ?? 0) - first;
  return felt.map(({ at, value }, index) => {
    const along = whole > 0 ? (at - first) / whole : index / Math.max(1, felt.length - 1);
    const up = (1 - value) / 2;
    return [EDGE + along * (WIDTH - 2 * EDGE), EDGE + up * (HEIGHT - 2 * EDGE)] as const;
  });
}

export function Sentiment({ conversation }: { readonly conversation: Conversation }) {
  const felt = useSentiments(conversation);
  const { sentiment } = conversation;
  if (sentiment === null) return null;
  const before = felt.at(-2)?.value ?? null;
  const said = panelWords.feels(sentimentWord(sentiment), panelWords.trend(before, sentiment));
  return (
    <section className="sentiment" aria-label={panelWords.sentiment}>
      <h2>{panelWords.sentiment}</h2>
      {felt.length > 1 && <Line felt={felt} />}
      <p>{said}</p>
    </section>
  );
}

function Line({ felt }: { readonly felt: readonly Felt[] }) {
  const at = points(felt);
  const last = at.at(-1);
  const spoken = panelWords.overTime(felt.map(({ value }) => sentimentWord(value)));
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={spoken}
    >
      <line className="neutral" x1={0} x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
      <polyline points={at.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ")} />
      {last && <circle cx={last[0]} cy={last[1]} r={3} />}
    </svg>
  );
}
