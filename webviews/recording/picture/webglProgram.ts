/** A linked program with its uniforms by name. */
export interface WebglProgram {
  readonly program: WebGLProgram;
  uniform(name: string): WebGLUniformLocation | null;
}

function compile(gl: WebGL2RenderingContext, type: number, source: string): WebGLShader {
  const shader = gl.createShader(type);
  if (!shader) {
    throw new Error('WebGL gave no shader: its context was lost.');
  }
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  return shader;
}

/** @throws Error with the driver's message when the shaders do not link. */
export function linkProgram(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebglProgram {
  const program = gl.createProgram();
  const shaders = [compile(gl, gl.VERTEX_SHADER, vertex), compile(gl, gl.FRAGMENT_SHADER, fragment)];
  for (const shader of shaders) {
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    const logs = [gl.getProgramInfoLog(program), ...shaders.map((shader) => gl.getShaderInfoLog(shader))];
    throw new Error(`WebGL refuses a shader: ${logs.join(' ')}`);
  }
  for (const shader of shaders) {
    gl.deleteShader(shader);
  }
  const locations = new Map<string, WebGLUniformLocation | null>();
  return {
    program,
    uniform(name) {
      if (!locations.has(name)) {
        locations.set(name, gl.getUniformLocation(program, name));
      }
      return locations.get(name) ?? null;
    },
  };
}
