import type { PageSlice } from '../pages/eventCache';

const TIME = 0;
const PLACE = 1;

/** Buffers of event columns on the graphics card; one slice after the other goes through them. */
export class WebglEvents {
  readonly #array: WebGLVertexArrayObject;
  readonly #time: WebGLBuffer;
  readonly #place: WebGLBuffer;
  #capacity = 0;

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.#array = gl.createVertexArray();
    this.#time = gl.createBuffer();
    this.#place = gl.createBuffer();
    gl.bindVertexArray(this.#array);
    for (const [location, buffer] of [
      [TIME, this.#time],
      [PLACE, this.#place],
    ] as const) {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.enableVertexAttribArray(location);
      gl.vertexAttribIPointer(location, 1, gl.UNSIGNED_INT, 0, 0);
    }
  }

  /** Draws the events of each slice as points; `prepare` sets what differs between pages. */
  draw(slices: readonly PageSlice[], prepare: (slice: PageSlice) => void): void {
    const { gl } = this;
    gl.bindVertexArray(this.#array);
    for (const slice of slices) {
      const count = slice.end - slice.begin;
      if (count > 0) {
        prepare(slice);
        this.#upload(slice, count);
        gl.drawArrays(gl.POINTS, 0, count);
      }
    }
  }

  #upload({ page, begin, end }: PageSlice, count: number): void {
    const { gl } = this;
    const grow = count > this.#capacity;
    this.#capacity = grow ? 2 ** Math.ceil(Math.log2(count)) : this.#capacity;
    for (const [buffer, column] of [
      [this.#time, page.columns.time],
      [this.#place, page.columns.place],
    ] as const) {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      if (grow) {
        gl.bufferData(gl.ARRAY_BUFFER, this.#capacity * 4, gl.DYNAMIC_DRAW);
      }
      gl.bufferSubData(gl.ARRAY_BUFFER, 0, column, begin, end - begin);
    }
  }

  dispose(): void {
    this.gl.deleteVertexArray(this.#array);
    this.gl.deleteBuffer(this.#time);
    this.gl.deleteBuffer(this.#place);
  }
}
