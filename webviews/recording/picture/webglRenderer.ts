import type { PageSlice } from '../pages/eventCache';
import { BOX_EDGES, type CloudRule, cloudMatrix } from './cloudCamera';
import type { PictureRenderer } from './pictureRenderer';
import type { Coloring, PictureRule, Rgb } from './pictureSettings';
import {
  CLOUD_FRAGMENT,
  CLOUD_VERTEX,
  COPY_FRAGMENT,
  COVER_VERTEX,
  EVENT_FRAGMENT,
  EVENT_VERTEX,
  LINE_FRAGMENT,
  LINE_VERTEX,
  PAINT_FRAGMENT,
} from './shaders';
import { WebglEvents } from './webglEvents';
import { linkProgram, type WebglProgram } from './webglProgram';

function setColor(gl: WebGL2RenderingContext, { uniform }: WebglProgram, name: string, color: Rgb): void {
  gl.uniform3f(uniform(name), color[0] / 255, color[1] / 255, color[2] / 255);
}

/**
 * Events become points that the graphics card adds up (or takes the largest of) in a half-float texture of the
 * sensor's size, which a second pass colours.
 */
export class WebglRenderer implements PictureRenderer {
  readonly name = 'WebGL 2';
  readonly #gl: WebGL2RenderingContext;
  readonly #events: WebglEvents;
  readonly #eventProgram: WebglProgram;
  readonly #paintProgram: WebglProgram;
  readonly #copyProgram: WebglProgram;
  readonly #cloudProgram: WebglProgram;
  readonly #lineProgram: WebglProgram;
  readonly #frame: WebGLFramebuffer;
  readonly #map: WebGLTexture;
  readonly #box: WebGLVertexArrayObject;
  readonly #empty: WebGLVertexArrayObject;
  #values: WebGLTexture | undefined;
  #size = { width: 0, height: 0 };
  #shownMap: Uint8Array | undefined;

  /** @throws Error where WebGL 2 cannot add up half floats. */
  constructor(readonly canvas: HTMLCanvasElement) {
    const gl = canvas.getContext('webgl2', { alpha: true, antialias: false, preserveDrawingBuffer: true });
    if (!gl?.getExtension('EXT_color_buffer_float') && !gl?.getExtension('EXT_color_buffer_half_float')) {
      throw new Error('WebGL 2 with half-float targets is missing.');
    }
    this.#gl = gl;
    this.#events = new WebglEvents(gl);
    this.#eventProgram = linkProgram(gl, EVENT_VERTEX, EVENT_FRAGMENT);
    this.#paintProgram = linkProgram(gl, COVER_VERTEX, PAINT_FRAGMENT);
    this.#copyProgram = linkProgram(gl, COVER_VERTEX, COPY_FRAGMENT);
    this.#cloudProgram = linkProgram(gl, CLOUD_VERTEX, CLOUD_FRAGMENT);
    this.#lineProgram = linkProgram(gl, LINE_VERTEX, LINE_FRAGMENT);
    this.#frame = gl.createFramebuffer();
    this.#map = this.#newTexture();
    this.#empty = gl.createVertexArray();
    this.#box = this.#makeBox();
  }

  drawPicture(slices: readonly PageSlice[], rule: PictureRule): void {
    const gl = this.#gl;
    this.#fitValues(rule.width, rule.height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#frame);
    gl.viewport(0, 0, rule.width, rule.height);
    gl.disable(gl.DEPTH_TEST);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.#addEvents(slices, rule);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    this.#resizeCanvas(rule.width, rule.height);
    this.#paint(rule);
  }

  #addEvents(slices: readonly PageSlice[], rule: PictureRule): void {
    const gl = this.#gl;
    const { program, uniform } = this.#eventProgram;
    const fades = rule.kind === 'decay' || rule.kind === 'surface';
    gl.useProgram(program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE);
    // The latest event of a pixel is the one with the largest weight.
    gl.blendEquation(rule.kind === 'surface' ? gl.MAX : gl.FUNC_ADD);
    gl.uniform2f(uniform('sensor'), rule.width, rule.height);
    gl.uniform1f(uniform('tau'), fades ? rule.tau : 0);
    this.#events.draw(slices, ({ page }) => gl.uniform1f(uniform('nowOffset'), rule.now - page.from));
    gl.disable(gl.BLEND);
    gl.blendEquation(gl.FUNC_ADD);
  }

  #paint({ kind, fullScale, floor, coloring }: PictureRule): void {
    const gl = this.#gl;
    const paint = this.#paintProgram;
    gl.useProgram(paint.program);
    gl.uniform1i(paint.uniform('mode'), (kind === 'contrast' ? 2 : 0) + (coloring.kind === 'map' ? 1 : 0));
    gl.uniform1f(paint.uniform('scale'), 1 / (kind === 'surface' ? 1 : fullScale));
    gl.uniform1f(paint.uniform('floorAlpha'), floor);
    this.#setColoring(coloring);
    this.#bind(0, this.#values!);
    this.#bind(1, this.#map);
    gl.uniform1i(paint.uniform('values'), 0);
    gl.uniform1i(paint.uniform('map'), 1);
    this.#cover();
  }

  #setColoring(coloring: Coloring): void {
    const gl = this.#gl;
    if (coloring.kind === 'polarity') {
      setColor(gl, this.#paintProgram, 'onColor', coloring.on);
      setColor(gl, this.#paintProgram, 'offColor', coloring.off);
      setColor(gl, this.#paintProgram, 'backColor', coloring.background);
    } else if (coloring.map !== this.#shownMap) {
      this.#shownMap = coloring.map;
      this.#bind(1, this.#map);
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB8, 256, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, coloring.map);
    }
  }

  drawCloud(slices: readonly PageSlice[], rule: CloudRule): void {
    const gl = this.#gl;
    this.#resizeCanvas(rule.width, rule.height);
    gl.enable(gl.DEPTH_TEST);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    const rows = new Float32Array(cloudMatrix(rule));
    const cloud = this.#cloudProgram;
    gl.useProgram(cloud.program);
    gl.uniform4fv(cloud.uniform('rows'), rows);
    gl.uniform2f(cloud.uniform('sensor'), rule.sensorWidth, rule.sensorHeight);
    gl.uniform1f(cloud.uniform('duration'), rule.to - rule.from);
    gl.uniform1f(cloud.uniform('pointSize'), rule.pointSize);
    setColor(gl, cloud, 'onColor', rule.on);
    setColor(gl, cloud, 'offColor', rule.off);
    this.#events.draw(slices, ({ page }) =>
      gl.uniform1f(cloud.uniform('startOffset'), rule.from - page.from),
    );
    const line = this.#lineProgram;
    gl.useProgram(line.program);
    gl.uniform4fv(line.uniform('rows'), rows);
    setColor(gl, line, 'lineColor', rule.line);
    gl.bindVertexArray(this.#box);
    gl.drawArrays(gl.LINES, 0, BOX_EDGES.length * 2);
    gl.disable(gl.DEPTH_TEST);
  }

  drawPixels(pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number): void {
    const gl = this.#gl;
    const texture = this.#newTexture();
    this.#resizeCanvas(width, height);
    this.#bind(0, texture);
    const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.length);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    gl.useProgram(this.#copyProgram.program);
    gl.uniform1i(this.#copyProgram.uniform('values'), 0);
    this.#cover();
    gl.deleteTexture(texture);
  }

  dispose(): void {
    this.#events.dispose();
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  #cover(): void {
    const gl = this.#gl;
    gl.bindVertexArray(this.#empty);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  #bind(unit: number, texture: WebGLTexture): void {
    this.#gl.activeTexture(this.#gl.TEXTURE0 + unit);
    this.#gl.bindTexture(this.#gl.TEXTURE_2D, texture);
  }

  #resizeCanvas(width: number, height: number): void {
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.#gl.viewport(0, 0, width, height);
  }

  #newTexture(): WebGLTexture {
    const gl = this.#gl;
    const texture = gl.createTexture();
    this.#bind(0, texture);
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
      gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
    }
    return texture;
  }

  #fitValues(width: number, height: number): void {
    if (this.#values && this.#size.width === width && this.#size.height === height) {
      return;
    }
    const gl = this.#gl;
    gl.deleteTexture(this.#values ?? null);
    this.#values = this.#newTexture();
    this.#size = { width, height };
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA16F, width, height, 0, gl.RGBA, gl.HALF_FLOAT, null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#frame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.#values, 0);
  }

  #makeBox(): WebGLVertexArrayObject {
    const gl = this.#gl;
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array(BOX_EDGES.flat(2)), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 3, gl.FLOAT, false, 0, 0);
    return array;
  }
}
