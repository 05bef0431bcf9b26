import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Metrics } from '../ssot/kernel';

type Labels = Readonly<Record<string, string>>;

/** The modules' figures, made the first time they are named; a name always carries the same labels. */
export class MetricsRegistry implements Metrics {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, Histogram>();

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  count(name: string, labels: Labels = {}, by = 1): void {
    this.#of(this.#counters, name, labels, (shape) => new Counter(shape)).inc({ ...labels }, by);
  }

  gauge(name: string, value: number, labels: Labels = {}): void {
    this.#of(this.#gauges, name, labels, (shape) => new Gauge(shape)).set({ ...labels }, value);
  }

  observe(name: string, value: number, labels: Labels = {}): void {
    this.#of(this.#histograms, name, labels, (shape) => new Histogram(shape)).observe({ ...labels }, value);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #of<M>(known: Map<string, M>, name: string, labels: Labels, make: (shape: Shape) => M): M {
    let metric = known.get(name);
    if (metric === undefined) {
      const help = name.replaceAll('_', ' ');
      metric = make({ name, help, labelNames: Object.keys(labels), registers: [this.#registry] });
      known.set(name, metric);
    }
    return metric;
  }
}
interface Shape {
  name: string;
  help: string;
  labelNames: string[];
  registers: Registry[];
}
