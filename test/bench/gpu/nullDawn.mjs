// The package `webgpu` with Dawn's null backend in the place of a GPU's driver, posing as a GPU with subgroup matrices.
import { globals as dawnGlobals, create as open } from 'webgpu';

export const globals = dawnGlobals;

const MATRICES = [{ componentType: 'f16', resultComponentType: 'f32', M: 16, N: 16, K: 16 }];
const INFO = { subgroupMinSize: 32, subgroupMaxSize: 32, subgroupMatrixConfigs: MATRICES, device: 'null' };
const WORKGROUP_MEMORY = 49_152;
const BINDING = /@group\(0\) @binding\((\d+)\) var<storage, (\w+)> (\w+)/g;

/** One of our shaders, some of which need more workgroup memory than the null backend has, by its bindings alone. */
function bindingsOf(code) {
  const bindings = [...code.matchAll(BINDING)];
  const declared = bindings.map(
    ([, index, access, name]) => `@group(0) @binding(${index}) var<storage, ${access}> ${name}: array<u32>;`,
  );
  const used = bindings.map(([, , , name]) => `_ = &${name};`);
  return `${declared.join('\n')}\n@compute @workgroup_size(1) fn main() { ${used.join(' ')} }`;
}

/** Members of `target`, with some of them replaced; methods keep their object. */
function posingAs(target, replaced) {
  return new Proxy(target, {
    get(object, name) {
      const value = name in replaced ? replaced[name] : object[name];
      return typeof value === 'function' && !(name in replaced) ? value.bind(object) : value;
    },
  });
}

/** @param options of the package's own `create`. */
export function create(options) {
  const gpu = open(['backend=null', ...options]);
  const requestAdapter = async () => {
    const adapter = await gpu.requestAdapter({});
    return posingAs(adapter, {
      info: posingAs(adapter.info, INFO),
      limits: posingAs(adapter.limits, { maxComputeWorkgroupStorageSize: WORKGROUP_MEMORY }),
      requestDevice: ({ requiredLimits, ...rest }) => {
        const { maxComputeWorkgroupStorageSize } = adapter.limits;
        return adapter.requestDevice({
          ...rest,
          requiredLimits: { ...requiredLimits, maxComputeWorkgroupStorageSize },
        });
      },
    });
  };
  const { createShaderModule } = dawnGlobals.GPUDevice.prototype;
  dawnGlobals.GPUDevice.prototype.createShaderModule = function (descriptor) {
    const { code } = descriptor;
    const isLarge = code.includes('var<workgroup>') && !code.includes('var<uniform>');
    return createShaderModule.call(this, isLarge ? { ...descriptor, code: bindingsOf(code) } : descriptor);
  };
  return posingAs(gpu, { requestAdapter });
}
