/** The AssemblyScript of the folder kernels, which the bundler compiles. */
declare module '*/kernels.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export = bytes;
}
