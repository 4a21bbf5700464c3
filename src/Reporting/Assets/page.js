// Theme switch, read-out of large heatmaps, figures as files. No angle brackets or ampersands here: the page is XML too.
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

  document.addEventListener("DOMContentLoaded", function () {
    var button = document.getElementById("theme");
    function label() { button.textContent = theme() === "dark" ? "Light theme" : "Dark theme"; }
    button.hidden = false;
    button.addEventListener("click", function () {
      root.dataset.theme = theme() === "dark" ? "light" : "dark";
      stored(root.dataset.theme);
      label();
    });
    dark.addEventListener("change", label);
    label();

    // A figure as a file: what the style sheet says, in the light theme, becomes attributes, so that any program opens it.
    var properties = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "font-family", "font-size", "font-weight", "text-anchor"];
    function literal(drawn, copy) {
      var style = getComputedStyle(drawn);
      properties.forEach(function (name) { copy.setAttribute(name, style.getPropertyValue(name)); });
      ["class", "role", "data-rows", "data-columns", "data-values"].forEach(function (name) { copy.removeAttribute(name); });
      Array.from(drawn.children).forEach(function (child, index) { literal(child, copy.children[index]); });
    }
    function save(figure) {
      var theme = root.dataset.theme;
      root.dataset.theme = "light";
      var drawn = Array.from(figure.querySelectorAll("svg.fig")).find(function (svg) { return svg.getClientRects().length !== 0; });
      var copy = drawn.cloneNode(true);
      literal(drawn, copy);
      if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
      var box = drawn.viewBox.baseVal;
      copy.setAttribute("width", box.width);
      copy.setAttribute("height", box.height);
      var paper = document.createElementNS(copy.namespaceURI, "rect");
      paper.setAttribute("width", box.width);
      paper.setAttribute("height", box.height);
      paper.setAttribute("fill", "#ffffff");
      copy.insertBefore(paper, copy.firstChild);
      var link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
      link.download = figure.dataset.figure + ".svg";
      link.click();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
    }
    document.querySelectorAll("figure[data-figure]").forEach(function (figure) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "save";
      button.textContent = "Save as SVG";
      button.title = figure.dataset.figure + ".svg";
      button.addEventListener("click", function () { save(figure); });
      figure.appendChild(button);
    });

    // Episodes that are drawn in characters: forwards, backwards, or by themselves.
    document.querySelectorAll(".player").forEach(function (player) {
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
      controls.append(play, place, text);
      player.append(controls);
      stop();
      show();
    });

    var before;
    addEventListener("beforeprint", function () { before = root.dataset.theme; root.dataset.theme = "light"; });
    addEventListener("afterprint", function () { if (before) root.dataset.theme = before; else delete root.dataset.theme; });

    var tip = document.getElementById("tip");
    document.querySelectorAll("g.cells").forEach(function (cells) {
      var rows = JSON.parse(cells.dataset.rows);
      var columns = JSON.parse(cells.dataset.columns);
      var values = cells.dataset.values.split(" ");
      cells.addEventListener("pointermove", function (event) {
        var at = new DOMPoint(event.clientX, event.clientY).matrixTransform(cells.getScreenCTM().inverse());
        var row = Math.max(0, Math.min(rows.length - 1, Math.floor(at.y)));
        var column = Math.max(0, Math.min(columns.length - 1, Math.floor(at.x)));
        var value = values[row * columns.length + column].replace("-", "−");
        tip.textContent = rows[row] + " + " + columns[column] + ": " + (value === "x" ? "not played" : value);
        tip.style.display = "block";
        tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8) + "px";
        tip.style.top = Math.max(8, event.clientY - 36) + "px";
      });
      cells.addEventListener("pointerleave", function () { tip.style.display = "none"; });
    });
  });
})();
