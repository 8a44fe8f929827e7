import { neuronConstants } from '../models/neuronConstants';
import type { NamedArray } from '../models/parameterStore';
import type { SpikingNetwork } from '../models/spikingNetwork';

/** How a checkpoint of others fits a network, by names. */
export interface NameReport {
  /** Variables of the network that the file has. */
  readonly loaded: readonly string[];
  /** Variables of the network that the file lacks. */
  readonly missing: readonly string[];
  /** Tensors of the file that the network has no use for. */
  readonly unused: readonly string[];
  /** Neuron constants (threshold, sharpness) that differ from the configuration. */
  readonly differing: readonly {
    readonly name: string;
    readonly file: number;
    readonly configured: number;
  }[];
}

/** Counters of nn.BatchNorm and coefficients of KTL: known, and of no use to a network. */
const KNOWN_EXTRAS = /(?:^|\.)num_batches_tracked$|^coefficient\.\d+$/;
const CONSTANT_TOLERANCE = 1e-6;

/** Compares the names, and the neuron constants, of a checkpoint with a network's. */
export function reportNames(network: SpikingNetwork, arrays: ReadonlyMap<string, NamedArray>): NameReport {
  const names = network.parameters.export().map(({ name }) => name);
  const { description, neuron } = network.options;
  const constants = neuronConstants(description, neuron, new Set(names));
  const known = new Set([...names, ...constants.map(({ name }) => name)]);
  const differing = constants.flatMap(({ name, values }) => {
    const stored = arrays.get(name)?.values[0];
    const configured = values[0]!;
    const isSame = stored === undefined || Math.abs(stored - configured) <= CONSTANT_TOLERANCE;
    return isSame ? [] : [{ name, file: stored, configured }];
  });
  return {
    loaded: names.filter((name) => arrays.has(name)),
    missing: names.filter((name) => !arrays.has(name)),
    unused: [...arrays.keys()].filter((name) => !known.has(name) && !KNOWN_EXTRAS.test(name)),
    differing,
  };
}

const MOST_NAMES = 5;

const listed = (names: readonly string[]) =>
  names.slice(0, MOST_NAMES).join(', ') +
  (names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '');

/** The report as lines for people; a perfect fit is one line. */
export function nameReportLines({ loaded, missing, unused, differing }: NameReport): string[] {
  return [
    `${loaded.length} tensors match by name`,
    ...(missing.length > 0 ? [`missing in the file: ${listed(missing)}`] : []),
    ...(unused.length > 0 ? [`not used: ${listed(unused)}`] : []),
    ...differing.map(
      ({ name, file, configured }) => `${name} is ${file} in the file, ${configured} in the configuration`,
    ),
  ];
}
