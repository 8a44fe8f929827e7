import type { PlotTheme } from '../plotting/theme';

/** Of the plot's element, in CSS pixels. */
export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

/** Layout that all plots share: tight margins, the theme's colours and font, zoom along the horizontal axis only. */
export function baseLayout(theme: PlotTheme, size: PlotSize) {
  const axis = {
    gridcolor: theme.grid,
    linecolor: theme.grid,
    tickcolor: theme.grid,
    tickfont: { color: theme.fadedText, size: theme.fontSize },
    zeroline: false,
    ticks: 'outside',
    ticklen: 3,
    automargin: false,
  };
  return {
    width: size.width,
    height: size.height,
    margin: { l: 46, r: 12, t: 8, b: 36 },
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: theme.fontFamily, size: theme.fontSize, color: theme.text },
    showlegend: false,
    dragmode: 'zoom',
    hoverlabel: {
      bgcolor: theme.hoverBackground,
      bordercolor: theme.hoverBorder,
      font: { family: theme.fontFamily, size: theme.fontSize, color: theme.text },
    },
    xaxis: {
      ...axis,
      showgrid: false,
      nticks: 7,
      spikemode: 'across',
      spikethickness: -1,
      spikedash: 'solid',
      spikecolor: theme.fadedText,
    },
    yaxis: { ...axis, fixedrange: true, nticks: 6 },
  };
}

/** Plotly's own buttons are replaced by those of the cards. */
export const PLOT_CONFIG = { displayModeBar: false, doubleClick: false, showTips: false, responsive: false };
