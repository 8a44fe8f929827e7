import { CanvasRenderer } from './canvasRenderer';
import type { PictureRenderer } from './pictureRenderer';
import { WebglRenderer } from './webglRenderer';

/** What the user wants drawn with. `auto`: WebGL 2 on a graphics card, else the processor. */
export type RendererChoice = 'auto' | 'webgl' | 'canvas';

const IMITATED = /swiftshader|llvmpipe|software|basic render/i;

function newCanvas(): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.id = 'picture';
  return canvas;
}

/** Whether WebGL runs on the processor, where the Canvas 2D renderer is the faster of the two. */
export function isWebglImitated(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2');
  const details = gl?.getExtension('WEBGL_debug_renderer_info');
  const name = details ? String(gl?.getParameter(details.UNMASKED_RENDERER_WEBGL)) : '';
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  return IMITATED.test(name);
}

/** A renderer on a canvas of its own; Canvas 2D where WebGL 2 is missing. */
export function chooseRenderer(choice: RendererChoice): PictureRenderer {
  if (choice === 'webgl' || (choice === 'auto' && !isWebglImitated())) {
    try {
      return new WebglRenderer(newCanvas());
    } catch {
      // The fallback draws the same, on the processor.
    }
  }
  return new CanvasRenderer(newCanvas());
}
