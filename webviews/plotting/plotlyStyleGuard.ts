/**
 * Plotly's bundle writes the styles of its map library into the page as soon as it is loaded, unless an element with
 * this id (a hash of those styles, Plotly 4.1.1) exists. The content security policy would refuse them and report a
 * violation. No plot here is a map. After an update of Plotly the dashboard's tests tell when the hash has changed.
 */
const MAP_STYLES_ID = '9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53';

const guard = document.createElement('meta');
guard.id = MAP_STYLES_ID;
document.head.append(guard);
