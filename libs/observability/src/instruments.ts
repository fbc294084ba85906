import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** The values that each label may take; `open` is for names that only the code chooses, such as routes. */
export type LabelSpec = Readonly<Record<string, readonly string[] | 'open'>>;
type LabelValue<V> = V extends readonly (infer T extends string)[] ? T : string;
export type Labels<S extends LabelSpec> = { readonly [L in keyof S]: LabelValue<S[L]> };

export interface CounterOf<S extends LabelSpec> {
  inc(labels: Labels<S>, by?: number): void;
}
export interface GaugeOf<S extends LabelSpec> {
  set(labels: Labels<S>, value: number): void;
  add(labels: Labels<S>, change: number): void;
}
export interface HistogramOf<S extends LabelSpec> {
  /** `seconds`, or whatever unit the metric's name ends with. */
  observe(labels: Labels<S>, seconds: number): void;
}

interface Definition<S extends LabelSpec> {
  readonly name: `orchid_${string}`;
  readonly help: string;
  readonly labels: S;
}

const OPEN_VALUES_AT_MOST = 200;
const OTHER = 'other';

/** Makes instruments whose labels cannot outgrow their definition: what is not foreseen is counted as `other`. */
export class InstrumentMaker {
  constructor(private readonly registry: Registry) {}

  counter<const S extends LabelSpec>(definition: Definition<S>): CounterOf<S> {
    const counter = new Counter(this.configuration(definition));
    const bound = boundLabels(definition.labels);
    return { inc: (labels, by = 1) => counter.inc(bound(labels), by) };
  }

  gauge<const S extends LabelSpec>(definition: Definition<S>): GaugeOf<S> {
    const gauge = new Gauge(this.configuration(definition));
    const bound = boundLabels(definition.labels);
    return {
      set: (labels, value) => gauge.set(bound(labels), value),
      add: (labels, change) => gauge.inc(bound(labels), change),
    };
  }

  histogram<const S extends LabelSpec>(definition: Definition<S>, buckets: readonly number[]): HistogramOf<S> {
    const histogram = new Histogram({ ...this.configuration(definition), buckets: [...buckets] });
    const bound = boundLabels(definition.labels);
    return { observe: (labels, seconds) => histogram.observe(bound(labels), seconds) };
  }

  private configuration({ name, help, labels }: Definition<LabelSpec>) {
    return { name, help, labelNames: Object.keys(labels), registers: [this.registry] };
  }
}

function boundLabels<S extends LabelSpec>(spec: S): (labels: Labels<S>) => Record<string, string> {
  const names = Object.keys(spec);
  const known = new Map(names.map((name) => [name, new Set(spec[name] === 'open' ? [] : spec[name])]));
  const bound = (name: string, value: string): string => {
    const values = known.get(name);
    if (values === undefined || values.has(value)) return value;
    if (spec[name] !== 'open' || values.size >= OPEN_VALUES_AT_MOST) return OTHER;
    values.add(value);
    return value;
  };
  return (labels) => Object.fromEntries(names.map((name) => [name, bound(name, labels[name] ?? OTHER)]));
}
