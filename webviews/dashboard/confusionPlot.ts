import { confusionFigure } from './confusionFigure';
import type { DashboardContext } from './dashboardContext';
import { PlotCard } from './plotCard';
import { confusionSummary } from './plotSummary';
import { PlotSurface } from './plotSurface';
import { confusionTable } from './plotTable';
import type { Renderable } from './renderQueue';

const DESCRIPTION = 'Confusion matrix of the last evaluation: rows are labels, columns predictions';

/** The card with the confusion matrix of the last evaluation. */
export class ConfusionPlot implements Renderable {
  visible = false;
  readonly id = 'confusion';
  readonly relevant = true;
  readonly card: PlotCard;
  readonly #surface = new PlotSurface('confusion', DESCRIPTION, () => undefined);

  constructor(private readonly context: DashboardContext) {
    this.card = new PlotCard(
      'confusion',
      'Confusion',
      DESCRIPTION,
      { plot: this.#surface.root },
      (format) => {
        const evaluation = context.run.evaluations.at(-1);
        if (evaluation) {
          context.exportPlot('confusion', format, this.#surface, () => confusionTable(evaluation));
        }
      },
    );
  }

  render(): void {
    const { run, theme } = this.context;
    const evaluation = run.evaluations.at(-1);
    const waiting = run.iterations.length === 0 ? this.context.emptyText : 'No evaluation yet.';
    this.card.setPlaceholder(evaluation ? undefined : waiting);
    this.card.summarize(() => confusionSummary(evaluation));
    if (evaluation && this.#surface.size.width > 0) {
      void this.#surface.draw(confusionFigure(evaluation, theme, this.#surface.size));
    }
  }
}
