// Theme switch, read-out of large heatmaps, figures as files, episodes. No angle brackets or ampersands here: the page is XML too.
// Pages that change after they are loaded call srpo.enhance for what is new; what was enhanced before is left alone.
(function () {
  var root = document.documentElement;
  var dark = matchMedia("(prefers-color-scheme: dark)");
  function stored(value) {
    try {
      if (value) localStorage.setItem("srpo-theme", value);
      return localStorage.getItem("srpo-theme");
    } catch (error) { return null; }
  }
  function theme() { return root.dataset.theme || (dark.matches ? "dark" : "light"); }
  var asked = new URLSearchParams(location.search).get("theme") || stored();
  if (asked === "dark" || asked === "light") root.dataset.theme = asked;

  function once(elements, act) {
    elements.forEach(function (element) {
      if (element.dataset.enhanced) return;
      element.dataset.enhanced = "yes";
      act(element);
    });
  }
  function switchTheme(button) {
    function label() { button.textContent = theme() === "dark" ? "Light theme" : "Dark theme"; }
    button.hidden = false;
    button.addEventListener("click", function () {
      root.dataset.theme = theme() === "dark" ? "light" : "dark";
      stored(root.dataset.theme);
      label();
    });
    dark.addEventListener("change", label);
    label();
  }

  // The cell of a matrix under the pointer: its place in the whole matrix, of which this may be a block, and its text.
  function cellAt(cells, event) {
    var rows = JSON.parse(cells.dataset.rows);
    var columns = JSON.parse(cells.dataset.columns);
    var at = new DOMPoint(event.clientX, event.clientY).matrixTransform(cells.getScreenCTM().inverse());
    var row = Math.max(0, Math.min(rows.length - 1, Math.floor(at.y)));
    var column = Math.max(0, Math.min(columns.length - 1, Math.floor(at.x)));
    var value = cells.dataset.values.split(" ")[row * columns.length + column].replace("-", "−");
    return { row: row + Number(cells.dataset.row), column: column + Number(cells.dataset.column), text: rows[row] + " + " + columns[column] + ": " + (value === "x" ? "not played" : value) };
  }

  function enhance(page) {
    once(page.querySelectorAll("#theme"), switchTheme);

    // A figure as a file: what the style sheet says, in the light theme, becomes attributes, so that any program opens it.
    var properties = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "font-family", "font-size", "font-weight", "text-anchor"];
    function literal(drawn, copy) {
      var style = getComputedStyle(drawn);
      properties.forEach(function (name) { copy.setAttribute(name, style.getPropertyValue(name)); });
      ["class", "role", "data-row", "data-column", "data-rows", "data-columns", "data-values"].forEach(function (name) { copy.removeAttribute(name); });
      Array.from(drawn.children).forEach(function (child, index) { literal(child, copy.children[index]); });
    }
    function save(figure) {
      var theme = root.dataset.theme;
      root.dataset.theme = "light";
      var drawn = Array.from(figure.querySelectorAll("svg.fig")).find(function (svg) { return svg.getClientRects().length !== 0; });
      var copy = drawn.cloneNode(true);
      literal(drawn, copy);
      var legend = figure.querySelector("[data-legend] svg.fig");
      var names = legend ? legend.cloneNode(true) : null;
      if (legend) literal(legend, names);
      if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
      var box = drawn.viewBox.baseVal;
      var height = box.height + (legend ? legend.viewBox.baseVal.height : 0);
      if (legend) {
        // The page says once for a group of figures what a figure by itself says above it.
        var plot = document.createElementNS(copy.namespaceURI, "g");
        plot.setAttribute("transform", "translate(0 " + legend.viewBox.baseVal.height + ")");
        plot.append.apply(plot, Array.from(copy.childNodes));
        copy.append(plot);
        copy.prepend.apply(copy, Array.from(names.childNodes));
        copy.setAttribute("viewBox", "0 0 " + box.width + " " + height);
      }
      copy.setAttribute("width", box.width);
      copy.setAttribute("height", height);
      var paper = document.createElementNS(copy.namespaceURI, "rect");
      paper.setAttribute("width", box.width);
      paper.setAttribute("height", height);
      paper.setAttribute("fill", "#ffffff");
      copy.insertBefore(paper, copy.firstChild);
      var link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
      link.download = figure.dataset.figure + ".svg";
      link.click();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
    }
    once(page.querySelectorAll("figure[data-figure]"), function (figure) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "save";
      button.textContent = "Save as SVG";
      button.title = figure.dataset.figure + ".svg";
      button.addEventListener("click", function () { save(figure); });
      figure.appendChild(button);
    });

    // Episodes that are drawn in characters: forwards, backwards, or by themselves.
    once(page.querySelectorAll(".player"), function (player) {
      var frames = JSON.parse(player.dataset.frames);
      var scores = JSON.parse(player.dataset.scores);
      var shown = player.querySelector("pre");
      var controls = document.createElement("div");
      controls.className = "controls";
      var play = document.createElement("button");
      play.type = "button";
      var place = document.createElement("input");
      place.type = "range";
      place.min = 0;
      place.max = frames.length - 1;
      place.value = 0;
      place.setAttribute("aria-label", "Step");
      var text = document.createElement("output");
      var timer = null;
      function show() {
        shown.textContent = frames[place.value];

        // What is below stays where it is, however many lines of words a step has.
        shown.style.minHeight = shown.offsetHeight + "px";
        text.textContent = "step " + place.value + " of " + (frames.length - 1) + ", score " + scores[place.value];
        place.setAttribute("aria-valuetext", text.textContent);
      }
      function stop() { clearInterval(timer); timer = null; play.textContent = "Play"; }
      function step() {
        if (Number(place.value) === frames.length - 1) { stop(); return; }
        place.value = Number(place.value) + 1;
        show();
      }
      play.addEventListener("click", function () {
        if (timer) { stop(); return; }
        if (Number(place.value) === frames.length - 1) place.value = 0;
        play.textContent = "Pause";
        timer = setInterval(step, 200);
        show();
      });
      place.addEventListener("input", show);
      addEventListener("resize", function () { shown.style.minHeight = ""; });
      controls.append(play, place, text);
      player.append(controls);
      stop();
      show();
    });

  }

  // On paper nothing can be opened: settings are printed with the rest.
  var before;
  var folded = [];
  addEventListener("beforeprint", function () {
    before = root.dataset.theme;
    root.dataset.theme = "light";
    folded = Array.from(document.querySelectorAll("details.settings")).filter(function (details) { return !details.open; });
    folded.forEach(function (details) { details.open = true; });
  });
  addEventListener("afterprint", function () {
    if (before) root.dataset.theme = before; else delete root.dataset.theme;
    folded.forEach(function (details) { details.open = false; });
  });

  document.addEventListener("pointermove", function (event) {
    var tip = document.getElementById("tip");
    var cells = event.target.closest ? event.target.closest("g.cells") : null;
    if (!cells) { if (tip) tip.style.display = "none"; return; }
    tip.textContent = cellAt(cells, event).text;
    tip.style.display = "block";
    tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8) + "px";
    tip.style.top = Math.max(8, event.clientY - 36) + "px";
  });
  document.addEventListener("DOMContentLoaded", function () { enhance(document); });
  window.srpo = { enhance: enhance, cellAt: cellAt };
})();
