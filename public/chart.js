// Charts over time, drawn by uPlot from the data that the page carries.
(() => {
  'use strict';
  const SEVERITIES = ['low', 'medium', 'high', 'critical'];

  // A color of the style sheet as the canvas takes it: of the theme that is shown.
  const probe = document.createElement('i');
  probe.hidden = true;

  function color(name) {
    if (!probe.isConnected) document.body.append(probe);
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  }

  const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

  // The time of day, and the date where a day begins.
  function timeLabels(_chart, splits) {
    const daily = splits.length > 1 && splits[1] - splits[0] >= 86400;
    return splits.map((seconds) => {
      const time = new Date(seconds * 1000);
      const midnight = time.getHours() === 0 && time.getMinutes() === 0;
      return daily || midnight ? day.format(time) : clock.format(time);
    });
  }

  // The line of text below a chart that says what lies under the pointer.
  function reading(host, text) {
    let line = host.nextElementSibling;
    if (!line || !line.classList.contains('reading')) {
      line = document.createElement('p');
      line.className = 'reading';
      host.after(line);
    }
    line.textContent = text || 'Point at the chart to read it; drag to zoom, double click to go back.';
  }

  function when(seconds) {
    const time = new Date(seconds * 1000);
    return `${day.format(time)} ${clock.format(time)}`;
  }

  function axes(label) {
    const stroke = color('muted');
    const grid = { stroke: color('line'), width: 1 };
    const font = '12px system-ui, sans-serif';
    return [
      { stroke, grid, ticks: grid, font, space: 64, values: timeLabels },
      { stroke, grid, ticks: grid, font, label, labelFont: font, size: 56, labelSize: 20 },
    ];
  }

  function x(chart, timeMs) {
    return chart.valToPos(timeMs / 1000, 'x', true);
  }

  // Fills [from, to) between two heights of the plot, at least a few pixels wide, around its middle.
  function fill(chart, from, to, top, bottom, paint, least = 1) {
    const [left, right] = [x(chart, from), x(chart, to)];
    const width = Math.max(least * devicePixelRatio, right - left);
    chart.ctx.fillStyle = paint;
    chart.ctx.fillRect((left + right - width) / 2, top, width, bottom - top);
  }

  // Grades as bars from the threshold up; what was watched lies below as a strip.
  function history(host, data) {
    const points = [
      ...data.own.map((point) => [...point, 1]),
      ...data.related.map((point) => [...point, 0.35]),
    ];
    points.sort((a, b) => a[0] - b[0]);
    const nearest = ({ cursor, valToPos }) => {
      const point = points[cursor.idx];
      return point && Math.abs(valToPos(point[0] / 1000, 'x') - cursor.left) < 12 ? point : undefined;
    };
    const windowMs = data.mark ? data.mark[1] - data.mark[0] : 300_000;
    const draw = (chart) => {
      const { ctx, bbox } = chart;
      const floor = chart.valToPos(0, 'y', true);
      ctx.save();
      if (data.mark)
        fill(chart, data.mark[0], data.mark[1], bbox.top, bbox.top + bbox.height, color('mark'), 9);
      for (const [from, to] of data.watched) fill(chart, from, to, floor + 4, floor + 9, color('accent'));
      for (const [start, grade, severity, , strength] of points) {
        ctx.globalAlpha = strength;
        fill(
          chart,
          start,
          start + windowMs,
          chart.valToPos(Math.max(0.04, grade), 'y', true),
          floor,
          color(`sev-${SEVERITIES[severity]}`),
          3,
        );
      }
      ctx.restore();
    };
    const tell = (chart) => {
      const point = nearest(chart);
      const words =
        point &&
        `${when(point[0] / 1000)}: ${SEVERITIES[point[2]]}, grade ${point[1].toFixed(2)} (click to open)`;
      reading(host, words);
    };
    const options = {
      ...size(host),
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false } },
      scales: { x: { range: keep(data.range) }, y: { range: [-0.08, 1.05] } },
      axes: axes('grade'),
      series: [{}, { label: 'grade', paths: () => null, points: { show: false } }],
      hooks: { draw: [draw], setCursor: [tell] },
    };
    options.axes[1].splits = () => [0, 0.5, 1];
    const chart = new uPlot(
      options,
      [points.map((point) => point[0] / 1000), points.map((point) => point[1])],
      host,
    );
    host.onclick = () => {
      const point = nearest(chart);
      if (point && chart.select.width === 0) location.assign(point[3]);
    };
    return chart;
  }

  // Events and what was left out, stacked; skipped windows are shaded.
  function volume(host, data) {
    const times = data.windows.map((window) => window[0] / 1000);
    const step = times.length > 1 ? Math.min(...times.slice(1).map((time, at) => time - times[at])) : 300;
    const draw = (chart) => {
      const { bbox } = chart;
      for (const [start, , , skipped] of data.windows) {
        if (skipped)
          fill(chart, start, start + step * 1000, bbox.top, bbox.top + bbox.height, color('skipped'), 2);
      }
    };
    const tell = ({ cursor }) => {
      const window = data.windows[cursor.idx];
      const [start, events, leftOut, skipped, anomalies] = window || [];
      const words = `${events} events, ${leftOut} left out, ${skipped ? 'skipped' : `${anomalies} anomalies`}`;
      reading(host, window && `${when(start / 1000)}: ${words}`);
    };
    const stepped = uPlot.paths.stepped({ align: 1 });
    const options = {
      ...size(host),
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false } },
      scales: {
        x: { range: keep(data.range) },
        y: { range: (_chart, _low, high) => [0, Math.max(1, high * 1.1)] },
      },
      axes: axes('records'),
      series: [
        { label: 'time' },
        {
          label: 'read',
          stroke: color('left-out'),
          fill: color('left-out'),
          paths: stepped,
          points: { show: false },
        },
        {
          label: 'events',
          stroke: color('accent'),
          fill: color('accent'),
          paths: stepped,
          points: { show: false },
        },
      ],
      hooks: { drawClear: [draw], setCursor: [tell] },
    };
    const columns = [times, data.windows.map((w) => w[1] + w[2]), data.windows.map((w) => w[1])];
    return new uPlot(options, columns, host);
  }

  // The whole range of the page, until the reader zooms into a part of it.
  function keep(range) {
    return (_chart, low, high) =>
      low === null || high === null || low === high ? [range.start / 1000, range.end / 1000] : [low, high];
  }

  function size(host) {
    return { width: Math.max(200, host.clientWidth), height: 220 };
  }

  const KINDS = { history, volume };
  let charts = [];

  function draw() {
    for (const { chart } of charts) chart.destroy();
    charts = [...document.querySelectorAll('[data-chart]')].map((host) => {
      const data = JSON.parse(host.dataset.points);
      const chart = KINDS[host.dataset.chart](host, data);
      chart.setScale('x', { min: data.range.start / 1000, max: data.range.end / 1000 });
      return { host, chart };
    });
  }

  let waiting = 0;
  addEventListener('resize', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => charts.forEach(({ host, chart }) => chart.setSize(size(host))), 150);
  });
  document.addEventListener('elkhound:theme', draw);
  document.addEventListener('elkhound:refreshed', () => {
    if (charts.some(({ host }) => !host.isConnected)) draw();
  });
  draw();
})();
