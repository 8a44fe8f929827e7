import type { ExportParameters } from '../../engine/protocol/exportProtocol';
import { type Figure, toImage } from '../plotting/plotly';
import type { PlotTheme } from '../plotting/theme';
import type { PlotSize } from './figureLayout';

const PNG_SCALE = 2;

/** A picture of a figure on the theme's background, ready for saving. */
export async function exportPicture(
  figure: Figure,
  format: 'png' | 'svg',
  fileName: string,
  theme: PlotTheme,
  size: PlotSize,
): Promise<ExportParameters> {
  const layout = { ...figure.layout, paper_bgcolor: theme.background };
  const scale = format === 'png' ? PNG_SCALE : 1;
  const url = await toImage({ ...figure, layout }, { format, ...size, scale });
  const data = url.slice(url.indexOf(',') + 1);
  return format === 'png'
    ? { fileName, content: data, encoding: 'base64' }
    : { fileName, content: decodeURIComponent(data), encoding: 'utf8' };
}
