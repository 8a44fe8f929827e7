import { figureText } from '../runs/runText';
import { precisionText, type TakenPrecision } from './precision';

/** The GPU behind a backend. */
export interface AdapterReport {
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  /** As the system names it, with its version where it tells. */
  readonly driver: string;
  /** What WebGPU runs on. */
  readonly api: 'Vulkan' | 'Metal' | 'D3D12';
  readonly isSoftware: boolean;
  /** Optional features of WebGPU that are used. */
  readonly features: readonly string[];
  /** Limits that kernels are made for, by their names in WebGPU. */
  readonly limits: Readonly<Record<string, number>>;
}

/** How one kind of work is done. */
export interface KernelReport {
  readonly work: string;
  /** What does it: "subgroup matrices (f16 products, f32 sums)". */
  readonly kernel: string;
  /** Why nothing faster does it; absent where there is nothing faster. */
  readonly reason?: string;
}

/** A short measurement; only ratios of runs on one quiet machine mean something. */
export interface SpeedReport {
  /** 3 x 3 convolution of spikes, 128 to 256 channels, 10 % of them firing: dense products, in TFLOP/s. */
  readonly productTeraflops: number;
  /** Bytes read and written by an element-wise operation, in GB/s. */
  readonly copyGigabytesPerSecond: number;
}

/** A tiny training step compared with the oracle `cpu`. */
export interface SelfTestReport {
  readonly passed: boolean;
  /** Largest deviation of the loss and of the gradients' norms, relative. */
  readonly deviation: number;
}

/** What the doctor says about one backend. */
export interface BackendReport {
  readonly name: string;
  readonly available: boolean;
  /** Why it is missing, or what it runs on. */
  readonly detail: string;
  /** What to do where it is missing. */
  readonly nextStep?: string;
  readonly precision?: TakenPrecision;
  readonly adapter?: AdapterReport;
  readonly kernels?: readonly KernelReport[];
  readonly selfTest?: SelfTestReport;
  readonly speed?: SpeedReport;
}

/** For people: "convolution 0.021 TFLOP/s, memory 12.3 GB/s". */
export function speedText({ productTeraflops, copyGigabytesPerSecond }: SpeedReport): string {
  return `convolution ${figureText(productTeraflops)} TFLOP/s, memory ${figureText(copyGigabytesPerSecond)} GB/s`;
}

/** For people: "convolutions: f32 tiles (the GPU has no f16 matrices)". */
function kernelText({ work, kernel, reason }: KernelReport): string {
  return `${work}: ${kernel}${reason ? ` (${reason})` : ''}`;
}

/** For people: "NVIDIA H200, Vulkan, NVIDIA driver 580.159". */
function adapterText({ name, vendor, api, driver, isSoftware }: AdapterReport): string {
  const parts = [name || vendor, api, driver, isSoftware ? 'software renderer' : ''];
  return parts.filter((part) => part !== '').join(', ');
}

type Fact = readonly [title: string, text: string];

function adapterFacts(adapter: AdapterReport): Fact[] {
  const limits = Object.entries(adapter.limits).map(([name, value]): Fact => [name, String(value)]);
  return [['adapter', adapterText(adapter)], ['features', adapter.features.join(', ') || 'none'], ...limits];
}

function selfTestFact({ passed, deviation }: SelfTestReport): Fact {
  return ['self-test', `${passed ? 'passed' : 'failed'}, deviation ${deviation.toExponential(1)} from cpu`];
}

function factsOf({ nextStep, precision, adapter, kernels = [], selfTest, speed }: BackendReport): Fact[] {
  return [
    ...(nextStep ? [['next step', nextStep] as const] : []),
    ...(adapter ? adapterFacts(adapter) : []),
    ...(precision ? [['precision', precisionText(precision)] as const] : []),
    ...kernels.map((each): Fact => ['kernels', kernelText(each)]),
    ...(selfTest ? [selfTestFact(selfTest)] : []),
    ...(speed ? [['speed', speedText(speed)] as const] : []),
  ];
}

/** What is known about a backend beyond its detail (next step, adapter, limits, precision, kernels, self-test, speed), as aligned lines. */
export function factLines(report: BackendReport): string[] {
  const facts = factsOf(report);
  const width = Math.max(0, ...facts.map(([title]) => title.length));
  return facts.map(([title, text]) => `${title.padEnd(width)}  ${text}`);
}
