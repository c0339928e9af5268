// Draws the charts of a page when they come into view, and shows or hides its code.
(function () {
  'use strict';

  function draw(box) {
    if (box.dataset.drawn || !window.Plotly) return;
    box.dataset.drawn = 'true';
    const figure = JSON.parse(box.querySelector('script[type="application/json"]').textContent);
    box.replaceChildren();
    const layout = Object.assign({}, figure.layout, { autosize: true });
    delete layout.width;
    window.Plotly.newPlot(box, figure.data, layout, { responsive: true, displaylogo: false });
  }

  const charts = Array.from(document.querySelectorAll('.wsss-chart'));
  const observer = new IntersectionObserver(function (entries) {
    entries.filter(function (entry) { return entry.isIntersecting; }).forEach(function (entry) {
      observer.unobserve(entry.target);
      draw(entry.target);
    });
  }, { rootMargin: '600px' });
  charts.forEach(function (box) { observer.observe(box); });
  window.addEventListener('beforeprint', function () { charts.forEach(draw); });

  const button = document.getElementById('toggle-code');
  if (button) {
    button.addEventListener('click', function () {
      const show = button.textContent !== 'Hide code';
      document.querySelectorAll('.cell > details').forEach(function (cell) { cell.open = show; });
      button.textContent = show ? 'Hide code' : 'Show code';
    });
  }
})();
