import './plotlyStyleGuard';

export {
  type Figure,
  type PlotElement,
  purge,
  type RelayoutEvent,
  react,
  toImage,
} from 'plotly.js-strict-dist-min';
