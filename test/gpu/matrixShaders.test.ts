import assert from 'node:assert/strict';
import type { ConvolutionShape } from '../../engine/backends/webgpu/shaders/convolutionShape';
import { matrixConvolutionShader } from '../../engine/backends/webgpu/shaders/matrixConvolution.wgsl';
import { matrixFilterGradientShader } from '../../engine/backends/webgpu/shaders/matrixFilterGradient.wgsl';
import type { MatrixTile } from '../../engine/backends/webgpu/shaders/matrixTile.wgsl';
import { patchFor } from '../../engine/backends/webgpu/shaders/patch';
import {
  type PatchConvolution,
  patchConvolutionShader,
} from '../../engine/backends/webgpu/shaders/patchConvolution.wgsl';
import { stripFilterGradientShader } from '../../engine/backends/webgpu/shaders/stripFilterGradient.wgsl';

const TILES: MatrixTile[] = [
  { rows: 128, columns: 256, inner: 32, subgroupRows: 64, subgroupColumns: 64, buffers: 1 },
  { rows: 256, columns: 128, inner: 32, subgroupRows: 64, subgroupColumns: 64, buffers: 1 },
  { rows: 256, columns: 64, inner: 32, subgroupRows: 64, subgroupColumns: 64, buffers: 1 },
  { rows: 128, columns: 128, inner: 32, subgroupRows: 64, subgroupColumns: 64, buffers: 2 },
];

const SHAPE: ConvolutionShape = {
  ...{
    frames: 3,
    height: 12,
    width: 10,
    inputChannels: 64,
    outputChannels: 256,
    outputHeight: 12,
    outputWidth: 10,
  },
  ...{ kernelHeight: 3, kernelWidth: 3, stride: 1, paddingTop: 1, paddingLeft: 1 },
};

/** Image sizes and channels that take every patch. */
const PATCHED = [
  [12, 128],
  [6, 128],
  [16, 64],
  [6, 64],
] as const;

/** What multiplies in patches: inputs and outputs. */
const PATCH_KINDS: Pick<PatchConvolution, 'input' | 'output' | 'isSplitInput'>[] = [
  { input: 'bits', output: 'activation' },
  { input: 'f16', output: 'gradient' },
  { input: 'bits', output: 'split' },
  { input: 'f16', output: 'split' },
  { input: 'f16', output: 'split', isSplitInput: true },
];

const sizeOf = (size: number) => ({ height: size, width: size, outputHeight: size, outputWidth: size });

/** Dawn's null device knows every feature and runs nothing: good for checking shaders that no renderer here can run. */
async function openNullDevice(): Promise<GPUDevice> {
  const { create, globals } = (await import('webgpu')) as unknown as {
    create(options: string[]): GPU;
    globals: Record<string, unknown>;
  };
  Object.assign(globalThis, globals);
  const gpu = create(['backend=null', 'enable-dawn-features=allow_unsafe_apis']);
  Object.assign(globalThis, { nullGpu: gpu });
  const adapter = await gpu.requestAdapter();
  const requiredFeatures = [
    'shader-f16',
    'subgroups',
    'chromium-experimental-subgroup-matrix',
  ] as GPUFeatureName[];
  return (adapter as GPUAdapter).requestDevice({ requiredFeatures });
}

describe('shaders on subgroup matrices', () => {
  let device: GPUDevice;
  before(async () => {
    device = await openNullDevice();
  });
  after(() => device?.destroy());

  async function assertValid(code: string): Promise<void> {
    const module = device.createShaderModule({ code });
    const { messages } = await module.getCompilationInfo();
    assert.deepEqual(
      messages.map(({ lineNum, message }) => `${lineNum}: ${message}`),
      [],
    );
  }

  for (const input of ['bits', 'f16'] as const) {
    for (const tile of TILES) {
      it(`convolve ${input} in tiles of ${tile.rows} x ${tile.columns}`, () =>
        assertValid(matrixConvolutionShader({ shape: SHAPE, input, tile, kind: 'activation' })));
    }
    it(`take filter gradients of ${input} along strips`, () =>
      assertValid(stripFilterGradientShader({ shape: SHAPE, input, pieces: 3 })));
    for (const tile of TILES.filter(({ rows }) => rows === 128)) {
      it(`take filter gradients of ${input} in tiles of ${tile.rows} x ${tile.columns}`, () =>
        assertValid(matrixFilterGradientShader({ shape: SHAPE, input, tile, pieces: 3 })));
    }
  }

  for (const kind of PATCH_KINDS) {
    const name = `${kind.isSplitInput ? 'split ' : ''}${kind.input} (${kind.output})`;
    for (const [size, outputChannels] of PATCHED) {
      it(`convolve ${name} in patches of ${size} x ${size} images to ${outputChannels} channels`, () => {
        const shape = { ...SHAPE, ...sizeOf(size), outputChannels };
        const patch = patchFor(shape);
        assert.ok(patch);
        return assertValid(patchConvolutionShader({ ...kind, shape, patch }));
      });
    }
  }
});
