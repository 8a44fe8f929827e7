/** Shapes on a 16 x 16 grid, filled with the text colour. */
const ICONS = {
  play: 'M4 2.5v11l9-5.5z',
  pause: 'M4 2.5h3v11H4zM9 2.5h3v11H9z',
  reverse: 'M12 2.5v11L3 8z',
  stepForward: 'M3 2.5v11L10 8zM11 2.5h2v11h-2z',
  stepBack: 'M13 2.5v11L6 8zM3 2.5h2v11H3z',
  toStart: 'M2 3h1.6v10H2zM8.6 3v10L3.9 8zM14 3v10L9.2 8z',
  toEnd: 'M12.4 3H14v10h-1.6zM7.4 3v10L12.1 8zM2 3v10L6.8 8z',
  loop: 'M4.5 4h6V2l3.5 3-3.5 3V6h-5v2h-2V5.2C3.500 4.500 3.900 4 4.500 4zM11.500 12h-6v2L2 11l3.500-3v2h5V8h2v2.800c0 .7-.4 1.200-1 1.200z',
  markIn: 'M8 2v2H5.500v8H8v2H3.500V2z',
  markOut: 'M8 2v2h2.500v8H8v2h4.500V2z',
  clear:
    'M3.700 2.600 8 6.900l4.300-4.300 1.100 1.100L9.100 8l4.300 4.300-1.100 1.100L8 9.100l-4.300 4.300-1.100-1.100L6.900 8 2.600 3.700z',
  up: 'M8 4l5 6H3z',
  down: 'M8 12 3 6h10z',
  export:
    'M7.200 1.500h1.600v7l2.400-2.400 1.100 1.100L8 11.500 3.700 7.200l1.100-1.100 2.400 2.400zM2 12h1.600v1.500h8.800V12H14v3H2z',
  help: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm0 1.400a5.600 5.600 0 1 0 0 11.200A5.600 5.600 0 0 0 8 2.400zM7.300 11h1.500v1.500H7.300zM8 3.900c1.600 0 2.700.9 2.700 2.300 0 1-.5 1.600-1.300 2.100-.5.400-.7.600-.7 1.100v.4H7.300v-.6c0-.9.400-1.400 1.100-1.900.6-.4.900-.6.900-1.100 0-.6-.5-1-1.300-1s-1.300.4-1.400 1.200H5.200C5.300 4.900 6.400 3.900 8 3.900z',
  panel: 'M1.500 2.500h13v11h-13zM3 4v8h6V4zm7.500 0v8H13V4z',
  warning: 'M8 1.500l7 12.500H1zM7.300 6v4h1.400V6zm0 5v1.400h1.400V11z',
  region:
    'M2 2h3v1.400H3.400V5H2zM11 2h3v3h-1.400V3.400H11zM2 11h1.400v1.600H5V14H2zM12.600 11H14v3h-3v-1.400h1.600zM6.500 6.500h3v3h-3z',
} as const;

export type IconName = keyof typeof ICONS;

const SVG = 'http://www.w3.org/2000/svg';

/** A picture that says nothing to a screen reader: the control around it has the name. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.classList.add('icon');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  path.setAttribute('fill-rule', 'evenodd');
  svg.append(path);
  return svg;
}

/** Shows another picture in a control that has one. */
export function setIcon(control: HTMLElement, name: IconName): void {
  if (control.dataset.icon !== name) {
    control.dataset.icon = name;
    control.querySelector('svg.icon')?.replaceWith(icon(name));
  }
}
