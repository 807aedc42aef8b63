/** What an expression of PromQL names, by the grammar that Prometheus' own interface uses. */
import { parser } from '@prometheus-io/lezer-promql';

export interface Names {
  readonly metrics: ReadonlySet<string>;
  /** Labels that it matches or groups by. */
  readonly labels: ReadonlySet<string>;
}

/** @throws where it is no PromQL */
export function namesOf(expression: string): Names {
  const metrics = new Set<string>();
  const labels = new Set<string>();
  parser.parse(expression).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) throw new Error(`${expression}: not understood at ${from}`);
      const text = expression.slice(from, to);
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.add(text);
      if (type.name === 'LabelName') labels.add(text);
    },
  });
  return { metrics, labels };
}

export interface Scrape {
  /** Every name that can be asked for; of a histogram its three series. */
  readonly metrics: ReadonlySet<string>;
  /** As the help lines name them. */
  readonly families: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
}

/** The text of /metrics. */
export function readScrape(text: string): Scrape {
  const metrics = new Set<string>();
  const families = new Set<string>();
  for (const [, name = '', kind] of text.matchAll(/^# TYPE (\S+) (\w+)$/gm)) {
    families.add(name);
    if (kind !== 'histogram') metrics.add(name);
    else for (const part of ['bucket', 'sum', 'count']) metrics.add(`${name}_${part}`);
  }
  const labels = new Set([...text.matchAll(/[{,](\w+)="/g)].map(([, name]) => name!));
  return { metrics, families, labels };
}
