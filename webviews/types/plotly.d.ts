/** The small part of Plotly that the dashboard uses (the package has no types of its own). */
declare module 'plotly.js-strict-dist-min' {
  export interface Figure {
    readonly data: readonly Readonly<Record<string, unknown>>[];
    readonly layout: Readonly<Record<string, unknown>>;
    readonly config?: Readonly<Record<string, unknown>>;
  }
  export type RelayoutEvent = Readonly<Record<string, unknown>>;
  export interface PlotElement extends HTMLElement {
    on(event: 'plotly_relayout', listener: (event: RelayoutEvent) => void): void;
    on(event: 'plotly_doubleclick', listener: () => void): void;
  }
  export function react(
    element: HTMLElement,
    data: Figure['data'],
    layout: Figure['layout'],
    config?: Figure['config'],
  ): Promise<PlotElement>;
  export function purge(element: HTMLElement): void;
  export function toImage(
    figure: Figure,
    options: { format: 'png' | 'svg'; width: number; height: number; scale?: number },
  ): Promise<string>;
}
