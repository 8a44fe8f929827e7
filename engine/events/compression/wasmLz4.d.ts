/** The emscripten module inside @foxglove/wasm-lz4, whose own wrapper cannot get over a damaged frame. */
declare module '@foxglove/wasm-lz4/dist/wasm-lz4' {
  export interface WasmLz4 {
    readonly HEAPU8: Uint8Array;
    _malloc(size: number): number;
    _free(pointer: number): void;
    _createDecompressionContext(): number;
    /** Bytes written, or -1. */
    _decompressFrame(
      context: number,
      target: number,
      targetSize: number,
      source: number,
      sourceSize: number,
    ): number;
  }

  function createModule(): Promise<WasmLz4>;
  export = createModule;
}
