// Draws the charts of a page when they come into view, sorts its tables, and shows or hides its code.
(function () {
  'use strict';

  // ---- Charts ----

  const NARROW = 560; // pixels, below which panels stand above each other
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  // Charts are drawn for white paper; on dark paper these colours would not be seen.
  const ON_DARK = { '#000000': '#dfe4ea', '#0072b2': '#4784d8' };

  const isNarrow = (box) => box.clientWidth < NARROW;
  const axesOf = (layout, letter) => Object.keys(layout).filter((key) => key.startsWith(letter + 'axis'));
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function darken(figure) {
    const layout = figure.layout;
    const hasCells = figure.data.some((trace) => trace.type === 'heatmap');
    layout.paper_bgcolor = 'rgba(0,0,0,0)';
    layout.plot_bgcolor = hasCells ? '#cfd6dd' : 'rgba(0,0,0,0)'; // cells without a value have dark text
    layout.font = Object.assign({}, layout.font, { color: style('--ink') });
    layout.legend = Object.assign({}, layout.legend, { bgcolor: 'rgba(0,0,0,0)' });
    layout.modebar = { bgcolor: 'rgba(0,0,0,0)', color: style('--quiet'), activecolor: style('--ink') };
    axesOf(layout, 'x').concat(axesOf(layout, 'y')).forEach(function (key) {
      Object.assign(layout[key], { gridcolor: style('--line'), linecolor: style('--quiet') });
    });
    figure.data.forEach(function (trace) {
      [trace.line, trace.marker].forEach(function (part) {
        const color = part && ON_DARK[String(part.color).toLowerCase()];
        if (color) part.color = color;
      });
    });
  }

  function narrow(figure) {
    const layout = figure.layout;
    layout.margin = Object.assign({}, layout.margin, { l: 48, r: 8, b: 48 });
    layout.legend = Object.assign({}, layout.legend, { orientation: 'h', x: 0, y: -0.22, yanchor: 'top' });
    const panels = axesOf(layout, 'x').filter((key) => layout.grid || layout[key].domain).sort();
    if (panels.length < 2) return;
    delete layout.grid;
    panels.forEach(function (key, i) {
      const y = layout['y' + key.slice(1)];
      layout[key].domain = [0, 1];
      if (y) y.domain = [1 - (i + 0.78) / panels.length, 1 - i / panels.length];
    });
    layout.legend.y = -0.1;
    layout.height = 0.8 * panels.length * (layout.height || 450);
  }

  function draw(box) {
    if (!window.Plotly) return;
    const figure = JSON.parse(box.querySelector('script[type="application/json"]').textContent);
    figure.layout = Object.assign({}, figure.layout, { autosize: true });
    // The heading stands above, where it may break and no button covers it.
    const title = figure.layout.title;
    if (!box.querySelector('figcaption')) {
      const caption = document.createElement('figcaption');
      caption.textContent = String((title && title.text) || title || '').replace(/<[^>]*>/g, ' ');
      box.prepend(caption);
    }
    delete figure.layout.title;
    delete figure.layout.width;
    figure.layout.margin = Object.assign({}, figure.layout.margin, { t: 36 });
    if (dark.matches) darken(figure);
    if (isNarrow(box)) narrow(figure);
    box.dataset.drawn = isNarrow(box) ? 'narrow' : 'wide';
    const plot = box.querySelector('.plot');
    const picture = plot.querySelector('img');
    if (picture) picture.remove();
    window.Plotly.react(plot, figure.data, figure.layout, { responsive: true, displaylogo: false }).catch(function () {
      if (picture) plot.replaceChildren(picture);
    });
  }

  const charts = Array.from(document.querySelectorAll('.wsss-chart'));
  const drawn = () => charts.filter((box) => box.dataset.drawn);
  const observer = new IntersectionObserver(function (entries) {
    entries.filter((entry) => entry.isIntersecting).forEach(function (entry) {
      observer.unobserve(entry.target);
      draw(entry.target);
    });
  }, { rootMargin: '600px' });
  charts.forEach((box) => observer.observe(box));
  dark.addEventListener('change', () => drawn().forEach(draw));
  window.addEventListener('resize', () => drawn().filter((box) => (box.dataset.drawn === 'narrow') !== isNarrow(box)).forEach(draw));
  window.addEventListener('beforeprint', () => charts.filter((box) => !box.dataset.drawn).forEach(draw));

  // ---- Tables ----

  const numberOf = (text) => (/^[+\-−]?\d[\d.,]*/.exec(text) ? parseFloat(text.replace('−', '-').replace(/,/g, '')) : NaN);
  const valueOf = (cell) => (cell.dataset.value === undefined ? cell.textContent.trim() : cell.dataset.value);

  // What belongs to a row follows it, as rows of class detail.
  function groupsOf(body) {
    const groups = [];
    Array.from(body.rows).forEach(function (row) {
      if (row.classList.contains('detail') && groups.length > 0) groups[groups.length - 1].push(row);
      else groups.push([row]);
    });
    return groups;
  }

  function sort(table, heads, column, falling) {
    const body = table.tBodies[0];
    const items = groupsOf(body).map((rows) => ({ rows: rows, text: valueOf(rows[0].cells[column]) }));
    const isNumeric = items.every((item) => item.text === '' || !Number.isNaN(numberOf(item.text)));
    const sign = falling ? -1 : 1;
    items.sort(function (a, b) {
      if (a.text === '' || b.text === '') return (a.text === '' ? 1 : 0) - (b.text === '' ? 1 : 0);
      return sign * (isNumeric ? numberOf(a.text) - numberOf(b.text) : a.text.localeCompare(b.text));
    });
    items.forEach((item) => body.append(...item.rows));
    heads.forEach((head) => head.removeAttribute('aria-sort'));
    heads[column].setAttribute('aria-sort', falling ? 'descending' : 'ascending');
  }

  const tables = Array.from(document.querySelectorAll('table.sortable'));
  const said = document.createElement('p');
  said.className = 'unseen';
  said.setAttribute('role', 'status');
  if (tables.length > 0) document.body.append(said);
  tables.forEach(function (table) {
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach(function (head, column) {
      const name = head.textContent.trim();
      head.scope = 'col';
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', function () {
        // Names rise first, measures fall first: the best comes to the top.
        const first = groupsOf(table.tBodies[0]).map((rows) => valueOf(rows[0].cells[column])).find((text) => text !== '');
        const now = head.getAttribute('aria-sort');
        const falling = now ? now === 'ascending' : !Number.isNaN(numberOf(first || ''));
        sort(table, heads, column, falling);
        said.textContent = 'Sorted by ' + name + ', ' + (falling ? 'falling' : 'rising') + '.';
      });
    });
  });

  // ---- Code ----

  const button = document.getElementById('toggle-code');
  if (button) {
    button.addEventListener('click', function () {
      const show = button.textContent !== 'Hide code';
      document.querySelectorAll('.cell > details').forEach(function (cell) { cell.open = show; });
      button.textContent = show ? 'Hide code' : 'Show code';
    });
  }
})();
