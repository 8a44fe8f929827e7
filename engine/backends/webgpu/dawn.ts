import { availableParallelism, tmpdir } from 'node:os';
import { SpikeBridgeError } from '../../errors';
import type { AdapterReport } from '../backendReport';
import { RUNTIME_VARIABLES } from '../runtime';
import { requireMappedMemory } from './mappedMemory';
import type { CompilerHelp } from './shaderCompiler';

/**
 * Toggles of Dawn (the WebGPU implementation behind the npm package `webgpu`): half floats on NVIDIA's Vulkan driver
 * and the f16 subgroup matrices are offered only with them (performance.md 2).
 */
const TOGGLES = ['allow_unsafe_apis', 'vulkan_enable_f16_on_nvidia', 'use_vulkan_memory_model'];
const WANTED_FEATURES = [
  'shader-f16',
  'subgroups',
  'chromium-experimental-subgroup-matrix',
  'timestamp-query',
] as const;
const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxStorageBuffersPerShaderStage',
] as const;

/** A GPU that was opened. Whoever opened it closes it. */
export interface Gpu extends CompilerHelp {
  readonly device: GPUDevice;
  readonly info: GPUAdapterInfo;
  /** For people: "NVIDIA H200 (vulkan driver 580.159.04)". */
  readonly title: string;
  /** A software renderer: right results, thousands of times slower. */
  readonly isSoftware: boolean;
  /** Products of 16 x 16 f16 matrices with f32 sums, 32 invocations per subgroup. */
  readonly hasMatrices: boolean;
  readonly hasTimestamps: boolean;
  /** For the doctor. */
  readonly report: AdapterReport;
  close(): void;
}

type DawnModule = {
  create(options: string[]): GPU;
  readonly globals: Record<string, unknown>;
};
type MatrixConfiguration = {
  componentType: string;
  resultComponentType: string;
  M: number;
  N: number;
  K: number;
};

async function loadDawn(): Promise<DawnModule> {
  if (process.platform === 'linux') {
    // Without a session of a desktop, Vulkan's window-system library complains on stderr; nothing is written there.
    process.env.XDG_RUNTIME_DIR ??= tmpdir();
  }
  try {
    return (await import('webgpu')) as unknown as DawnModule;
  } catch (error) {
    throw new SpikeBridgeError(
      'backend',
      'the npm package webgpu is not installed, or has no build for this platform',
      'Install it beside SpikeBridge (npm install webgpu), or use the backend "simd".',
      {},
      { cause: error },
    );
  }
}

function isSoftware(adapter: GPUAdapter): boolean {
  const { vendor, architecture, description } = adapter.info;
  const name = `${vendor} ${architecture} ${description}`;
  return adapter.info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(name);
}

/** What the largest tile of the matrix kernels takes at most, in bytes. */
export const MATRIX_WORKGROUP_MEMORY = 46_848;

function hasMatrices({ info, features, limits }: GPUAdapter): boolean {
  const {
    subgroupMatrixConfigs = [],
    subgroupMinSize,
    subgroupMaxSize,
  } = info as GPUAdapterInfo & {
    subgroupMatrixConfigs?: Iterable<MatrixConfiguration>;
  };
  const fits = ({ componentType, resultComponentType, M, N, K }: MatrixConfiguration) =>
    componentType === 'f16' && resultComponentType === 'f32' && M === 16 && N === 16 && K === 16;
  const featuresPresent = WANTED_FEATURES.slice(0, 3).every((feature) => features.has(feature));
  const isThirtyTwo = subgroupMinSize === 32 && subgroupMaxSize === 32;
  const hasMemory = limits.maxComputeWorkgroupStorageSize >= MATRIX_WORKGROUP_MEMORY;
  return featuresPresent && isThirtyTwo && hasMemory && [...subgroupMatrixConfigs].some(fits);
}

/** Dawn ends the process when its instance is collected while a device lives; the module keeps it. */
let instance: GPU | undefined;

function createInstance({ create, globals }: DawnModule): GPU {
  Object.assign(globalThis, globals);
  instance ??= create([`enable-dawn-features=${TOGGLES.join(',')}`]);
  // tfjs-backend-webgpu looks for the browser's entry point.
  const navigator = (globalThis.navigator ?? {}) as { gpu?: GPU };
  if (globalThis.navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  }
  if (!navigator.gpu) {
    Object.defineProperty(navigator, 'gpu', { value: instance, configurable: true });
  }
  return instance;
}

const API_OF_PLATFORM: Partial<Record<NodeJS.Platform, AdapterReport['api']>> = {
  darwin: 'Metal',
  win32: 'D3D12',
};

function reportOf({ info }: GPUAdapter, device: GPUDevice, software: boolean): AdapterReport {
  return {
    name: info.device,
    vendor: info.vendor,
    architecture: info.architecture,
    driver: info.description,
    api: API_OF_PLATFORM[process.platform] ?? 'Vulkan',
    isSoftware: software,
    features: WANTED_FEATURES.filter((feature) => device.features.has(feature)),
    limits: Object.fromEntries(WANTED_LIMITS.map((limit) => [limit, device.limits[limit]])),
  };
}

const ADAPTER: GPURequestAdapterOptions = { powerPreference: 'high-performance' };

function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  return adapter.requestDevice({
    requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)) as GPUFeatureName[],
    requiredLimits: Object.fromEntries(WANTED_LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
}

/** More devices help to compile shaders where there are threads for them. */
const MOST_HELPERS = 4;
const FEWEST_HELPERS = 2;
const THREADS_PER_DEVICE = 2;

/** So many more devices of the GPU that the machine's threads are used, but for two; those that open. */
async function openHelpers(gpu: GPU): Promise<GPUDevice[]> {
  const count = Math.min(MOST_HELPERS, Math.floor(availableParallelism() / THREADS_PER_DEVICE) - 1);
  const devices: GPUDevice[] = [];
  while (count >= FEWEST_HELPERS && devices.length < count) {
    const adapter = await gpu.requestAdapter(ADAPTER);
    const device = adapter && (await requestDevice(adapter).catch(() => null));
    if (!device) {
      break;
    }
    devices.push(device);
  }
  return devices;
}

/**
 * Opens the fastest GPU.
 * @param allowSoftware take a software renderer where there is no GPU (tests only).
 * @throws SpikeBridgeError (backend) when there is none, or the package cannot be loaded; MappedMemoryRefused.
 */
export async function openGpu({ allowSoftware }: { allowSoftware: boolean }): Promise<Gpu> {
  const forbidden = process.env[RUNTIME_VARIABLES.noGpu];
  if (forbidden) {
    throw new SpikeBridgeError('backend', forbidden, 'Use the backend "simd", or update the GPU driver.');
  }
  const gpu = createInstance(await loadDawn());
  const adapter = await gpu.requestAdapter(ADAPTER);
  if (!adapter) {
    throw new SpikeBridgeError(
      'backend',
      'no GPU was found (Vulkan, Metal or D3D12)',
      'Install the GPU vendor’s driver with Vulkan support, or use the backend "simd".',
    );
  }
  const software = isSoftware(adapter);
  if (software && !allowSoftware) {
    throw new SpikeBridgeError(
      'backend',
      `the only adapter is the software renderer ${adapter.info.architecture || adapter.info.description}`,
      `Install the GPU vendor’s driver with Vulkan support, or use the backend "simd". For tests, ${RUNTIME_VARIABLES.allowSoftwareGpu}=1 in the environment permits a software renderer: right results, thousands of times slower.`,
    );
  }
  const device = await requestDevice(adapter);
  await requireMappedMemory(device);
  const { device: model, description, vendor } = adapter.info;
  return {
    device,
    info: adapter.info,
    title: `${model || vendor || 'unnamed GPU'}${description ? ` (${description})` : ''}`,
    isSoftware: software,
    hasMatrices: hasMatrices(adapter),
    hasTimestamps: adapter.features.has('timestamp-query'),
    report: reportOf(adapter, device, software),
    openHelpers: () => openHelpers(gpu),
    close: () => device.destroy(),
  };
}
