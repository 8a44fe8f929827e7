/** Shaders of the WebGL 2 renderer (GLSL ES 3.00). The same formulas stand in planes.ts and coloring.ts. */

/** Puts each event on its pixel with its weight: R is OFF, G is ON. */
export const EVENT_VERTEX = `#version 300 es
precision highp float;
precision highp int;
layout(location = 0) in uint time;
layout(location = 1) in uint place;
uniform vec2 sensor;
uniform float nowOffset;
uniform float tau;
out vec2 weight;
void main() {
  vec2 pixel = vec2(float(place & 0xffffu), float((place >> 16) & 0x7fffu));
  bool inside = pixel.x < sensor.x && pixel.y < sensor.y;
  float age = nowOffset - float(time);
  float value = tau > 0.0 ? (age >= 0.0 && age <= 5.0 * tau ? exp(-age / tau) : 0.0) : 1.0;
  weight = (place >> 31) == 1u ? vec2(0.0, value) : vec2(value, 0.0);
  gl_Position = inside ? vec4((pixel + 0.5) / sensor * 2.0 - 1.0, 0.0, 1.0) : vec4(2.0, 2.0, 0.0, 1.0);
  gl_PointSize = 1.0;
}`;

export const EVENT_FRAGMENT = `#version 300 es
precision highp float;
in vec2 weight;
out vec4 value;
void main() { value = vec4(weight, 0.0, 0.0); }`;

/** One triangle that covers everything. */
export const COVER_VERTEX = `#version 300 es
out vec2 position;
void main() {
  position = vec2(gl_VertexID == 1 ? 2.0 : 0.0, gl_VertexID == 2 ? 2.0 : 0.0);
  gl_Position = vec4(position * 2.0 - 1.0, 0.0, 1.0);
}`;

/** Colours of the values. mode: 0 polarity, 1 map, 2 contrast by polarity, 3 contrast by map. */
export const PAINT_FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D values;
uniform sampler2D map;
uniform int mode;
uniform float scale;
uniform float floorAlpha;
uniform vec3 onColor;
uniform vec3 offColor;
uniform vec3 backColor;
in vec2 position;
out vec4 color;
vec3 mapped(float share) { return texelFetch(map, ivec2(int(share * 255.0 + 0.5), 0), 0).rgb; }
void main() {
  ivec2 size = textureSize(values, 0);
  ivec2 pixel = ivec2(position * vec2(size));
  vec2 value = texelFetch(values, ivec2(pixel.x, size.y - 1 - pixel.y), 0).rg;
  float sum = value.r + value.g;
  if (sum == 0.0) { color = vec4(0.0); return; }
  float peak = max(value.r, value.g);
  float difference = clamp((value.g - value.r) * scale, -1.0, 1.0);
  vec3 rgb;
  float alpha = 1.0;
  if (mode == 0) {
    rgb = mix(offColor, onColor, value.g / sum);
    alpha = mix(floorAlpha, 1.0, min(1.0, peak * scale));
  } else if (mode == 1) {
    rgb = mapped(min(1.0, peak * scale));
  } else if (mode == 2) {
    rgb = mix(backColor, difference >= 0.0 ? onColor : offColor, abs(difference));
  } else {
    rgb = mapped(difference * 0.5 + 0.5);
  }
  color = vec4(rgb * alpha, alpha);
}`;

/** Ready pixels, upside up. */
export const COPY_FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D values;
in vec2 position;
out vec4 color;
void main() {
  ivec2 size = textureSize(values, 0);
  ivec2 pixel = ivec2(position * vec2(size));
  vec4 value = texelFetch(values, ivec2(pixel.x, size.y - 1 - pixel.y), 0);
  color = vec4(value.rgb * value.a, value.a);
}`;

export const CLOUD_VERTEX = `#version 300 es
precision highp float;
precision highp int;
layout(location = 0) in uint time;
layout(location = 1) in uint place;
uniform vec2 sensor;
uniform float startOffset;
uniform float duration;
uniform vec4 rows[3];
uniform float pointSize;
uniform vec3 onColor;
uniform vec3 offColor;
out vec3 rgb;
void main() {
  vec4 point = vec4(
    float(place & 0xffffu) / sensor.x,
    float((place >> 16) & 0x7fffu) / sensor.y,
    (float(time) - startOffset) / duration,
    1.0);
  rgb = (place >> 31) == 1u ? onColor : offColor;
  gl_Position = vec4(dot(rows[0], point), dot(rows[1], point), dot(rows[2], point), 1.0);
  gl_PointSize = pointSize;
}`;

export const CLOUD_FRAGMENT = `#version 300 es
precision highp float;
in vec3 rgb;
out vec4 color;
void main() { color = vec4(rgb, 1.0); }`;

export const LINE_VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec3 corner;
uniform vec4 rows[3];
void main() {
  vec4 point = vec4(corner, 1.0);
  gl_Position = vec4(dot(rows[0], point), dot(rows[1], point), dot(rows[2], point), 1.0);
}`;

export const LINE_FRAGMENT = `#version 300 es
precision highp float;
uniform vec3 lineColor;
out vec4 color;
void main() { color = vec4(lineColor * 0.6, 0.6); }`;
