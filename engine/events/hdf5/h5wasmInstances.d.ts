/** h5wasm as a function (.dev/hdf5-instances.mjs): the package itself makes one instance when it is loaded. */
declare module 'h5wasm-instances' {
  type H5Wasm = typeof import('h5wasm');

  export interface H5WasmInstance {
    readonly File: H5Wasm['File'];
    readonly Module: Awaited<H5Wasm['ready']>;
  }

  /** A new instance of the library with its own memory, files and classes. */
  export function createInstance(): Promise<H5WasmInstance>;
}
