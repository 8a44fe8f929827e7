import type { EvaluationRecord } from '../../engine/runs/metricsRecord';
import { parseColor, withOpacity } from '../plotting/colors';
import type { Figure } from '../plotting/plotly';
import type { PlotTheme } from '../plotting/theme';
import { baseLayout, type PlotSize } from './figureLayout';

const MAX_LABELLED_CLASSES = 16;
const DARK_TEXT_ABOVE = 0.55;

function shareOfRow(row: readonly number[]): number[] {
  const total = row.reduce((sum, count) => sum + count, 0);
  return row.map((count) => (total === 0 ? 0 : count / total));
}

/** Cell counts as text objects on the matrix; empty cells and large matrices have none. */
function countsOf(confusion: EvaluationRecord['confusion'], shares: number[][], theme: PlotTheme) {
  if (confusion.length > MAX_LABELLED_CLASSES) {
    return [];
  }
  return confusion.flatMap((row, label) =>
    row.flatMap((count, prediction) =>
      count === 0
        ? []
        : [
            {
              x: prediction,
              y: label,
              text: String(count),
              showarrow: false,
              font: {
                size: theme.fontSize - 1,
                color: shares[label]![prediction]! > DARK_TEXT_ABOVE ? theme.background : theme.text,
              },
            },
          ],
    ),
  );
}

/** The confusion matrix of an evaluation: rows are labels (colours: share of the row), columns predictions. */
export function confusionFigure(
  { confusion }: Pick<EvaluationRecord, 'confusion'>,
  theme: PlotTheme,
  size: PlotSize,
): Figure {
  const shares = confusion.map(shareOfRow);
  const layout = baseLayout(theme, size);
  const names = confusion.map((_, index) => String(index));
  const ticks =
    confusion.length > MAX_LABELLED_CLASSES ? {} : { tickvals: names.map(Number), ticktext: names };
  const title = (text: string) => ({
    text,
    font: { size: theme.fontSize, color: theme.fadedText },
    standoff: 4,
  });
  const full = theme.highContrast ? theme.text : theme.colors.blue;
  return {
    data: [
      {
        type: 'heatmap',
        z: shares,
        customdata: confusion,
        zmin: 0,
        zmax: 1,
        xgap: 1,
        ygap: 1,
        showscale: false,
        colorscale: [
          [0, withOpacity(full, 0.06)],
          [0.02, withOpacity(full, 0.18)],
          [1, parseColor(full) ? full : theme.colors.blue],
        ],
        hovertemplate: 'label %{y}, predicted %{x}: %{customdata} (%{z:.1%})<extra></extra>',
      },
    ],
    layout: {
      ...layout,
      margin: { l: 40, r: 12, t: 8, b: 36 },
      dragmode: false,
      annotations: countsOf(confusion, shares, theme),
      xaxis: {
        ...layout.xaxis,
        ...ticks,
        nticks: 0,
        fixedrange: true,
        title: title('predicted'),
        ticklen: 0,
      },
      yaxis: {
        ...layout.yaxis,
        ...ticks,
        nticks: 0,
        autorange: 'reversed',
        showgrid: false,
        title: title('label'),
        ticklen: 0,
      },
    },
  };
}
