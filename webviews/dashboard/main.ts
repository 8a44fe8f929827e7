import './dashboard.css';
import { Dashboard } from './dashboard';
import { DashboardHost } from './dashboardHost';
import { element } from './element';

const root = document.getElementById('dashboard')!;
const host = new DashboardHost();
const dashboard = new Dashboard(root, host);

host
  .connect(
    (run) => dashboard.show(run),
    (update) => dashboard.update(update),
  )
  .catch((error: unknown) => {
    const message =
      typeof error === 'object' && error !== null && 'message' in error
        ? String(error.message)
        : String(error);
    root.prepend(
      element(
        'section',
        { class: 'failure', role: 'alert' },
        element('strong', {}, message),
        element(
          'p',
          {},
          'Close this dashboard and choose "SpikeBridge: Open Dashboard" to pick a run folder.',
        ),
      ),
    );
  });
