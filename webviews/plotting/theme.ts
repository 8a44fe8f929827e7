import { opaque, parseColor, type Rgb, ramp } from './colors';

/**
 * Roles a curve's colour can have; each is a chart colour of the VS Code theme. Orange is not among them: most themes
 * do not set it, and VS Code then takes the minimap's translucent find-match colour.
 */
export const COLOR_ROLES = ['foreground', 'blue', 'green', 'red', 'purple', 'yellow'] as const;
export type ColorRole = (typeof COLOR_ROLES)[number];

/** What plots need of the VS Code theme. */
export interface PlotTheme {
  readonly colors: Readonly<Record<ColorRole, string>>;
  readonly background: string;
  readonly text: string;
  readonly fadedText: string;
  readonly grid: string;
  readonly hoverBackground: string;
  readonly hoverBorder: string;
  readonly fontFamily: string;
  readonly fontSize: number;
  /** Colours of ordered things (time steps, layers), first to last. */
  readonly sequence: readonly Rgb[];
  /** In high contrast, curves differ by dashes too. */
  readonly highContrast: boolean;
}

const FALLBACK: Record<ColorRole, string> = {
  foreground: '#cccccc',
  blue: '#3794ff',
  green: '#89d185',
  red: '#f14c4c',
  purple: '#b180d7',
  yellow: '#cca700',
};

const GRID_SHARE = 0.18;
const HIGH_CONTRAST_GRID_SHARE = 0.4;

/**
 * The colour of grid and axis lines: the text colour, thinned over the background. No theme colour is meant for it,
 * and some themes keep their indent guides next to invisible.
 */
export function gridColor(background: string, text: string, highContrast: boolean): string {
  const stops = [background, text].map(parseColor).filter((color) => color !== undefined);
  const share = highContrast ? HIGH_CONTRAST_GRID_SHARE : GRID_SHARE;
  return stops.length === 2 ? ramp(stops, share) : 'rgba(128,128,128,0.35)';
}

function reader(element: Element): (name: string, fallback: string) => string {
  const style = getComputedStyle(element);
  return (name, fallback) => style.getPropertyValue(`--vscode-${name}`).trim() || fallback;
}

/** The theme of the page now, from VS Code's CSS variables. */
export function readTheme(body: HTMLElement = document.body): PlotTheme {
  const read = reader(body);
  const entries = COLOR_ROLES.map((role) => [role, opaque(read(`charts-${role}`, FALLBACK[role]))] as const);
  const colors = Object.fromEntries(entries) as Record<ColorRole, string>;
  const text = read('editor-foreground', read('foreground', FALLBACK.foreground));
  const background = read('editor-background', '#1f1f1f');
  const highContrast = /vscode-high-contrast/.test(body.className);
  const sequence = [colors.purple, colors.blue, colors.green, colors.yellow, colors.red];
  return {
    colors: { ...colors, foreground: text },
    background,
    text,
    fadedText: read('descriptionForeground', text),
    grid: gridColor(background, text, highContrast),
    hoverBackground: read('editorHoverWidget-background', '#252526'),
    hoverBorder: read('editorHoverWidget-border', '#454545'),
    fontFamily: read('font-family', 'sans-serif'),
    fontSize: 11,
    sequence: sequence.map(parseColor).filter((color) => color !== undefined),
    highContrast,
  };
}

/** Calls `changed` after the user picked another theme; returns how to stop. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return () => observer.disconnect();
}
