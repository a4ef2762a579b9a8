/* Drawing a border on the map: taps become GeoJSON in a field; a preview is laid over the map. */
(function () {
  "use strict";

  function Pen(section) {
    this.kind = section.dataset.gpDraw;
    this.field = document.getElementById(section.dataset.field);
    this.section = section;
    this.points = [];
  }

  Pen.prototype.begin = function (grid) {
    var self = this;
    this.map = grid.map;
    grid.cells.eachLayer(function (layer) { layer.off("click"); });
    this.layer = L.layerGroup().addTo(this.map);
    this.map.on("click", function (event) {
      self.points.push([event.latlng.lng, event.latlng.lat]);
      self.changed();
    });
    this.onButton("[data-gp-draw-back]", function () { self.points.pop(); });
    this.onButton("[data-gp-draw-clear]", function () { self.points = []; });
    this.read();
  };

  Pen.prototype.onButton = function (selector, act) {
    var self = this;
    var button = this.section.querySelector(selector);
    if (button) { button.addEventListener("click", function () { act(); self.changed(); }); }
  };

  /* What stands in the field already, e.g. after a refusal. */
  Pen.prototype.read = function () {
    try {
      var shape = JSON.parse(this.field.value);
      if (shape.type === "LineString") { this.points = shape.coordinates; }
      if (shape.type === "Polygon") { this.points = shape.coordinates[0].slice(0, -1); }
    } catch (error) { return; }
    this.draw();
  };

  Pen.prototype.changed = function () {
    this.draw();
    this.field.value = this.geojson();
  };

  Pen.prototype.geojson = function () {
    var rounded = this.points.map(function (one) { return [Number(one[0].toFixed(7)), Number(one[1].toFixed(7))]; });
    if (this.kind === "area") {
      return rounded.length < 3 ? "" : JSON.stringify({ type: "Polygon", coordinates: [rounded.concat([rounded[0]])] });
    }
    return rounded.length < 2 ? "" : JSON.stringify({ type: "LineString", coordinates: rounded });
  };

  Pen.prototype.draw = function () {
    var places = this.points.map(function (one) { return [one[1], one[0]]; });
    var shape = this.kind === "area" ? L.polygon : L.polyline;
    this.layer.clearLayers();
    shape(places, { className: "gp-drawn", interactive: false }).addTo(this.layer);
    places.forEach(function (place) {
      L.circleMarker(place, { radius: 5, className: "gp-drawn", interactive: false }).addTo(this.layer);
    }, this);
  };

  /* The ground as it will be, with its names in place of those of today. */
  function show(section, grid) {
    grid.cells.eachLayer(function (layer) { layer.feature.properties.quiet = true; layer.unbindTooltip(); });
    var shapes = L.geoJSON(JSON.parse(section.dataset.shapes), {
      style: function () { return { className: "gp-drawn", weight: 3 }; },
      onEachFeature: function (feature, layer) {
        var name = document.createElement("span");
        name.textContent = feature.properties.name;
        layer.bindTooltip(name, { permanent: true, direction: "center", className: "gp-cell-label", interactive: false, pane: "names" });
      }
    }).addTo(grid.map);
    if (shapes.getBounds().isValid()) { grid.map.fitBounds(shapes.getBounds(), { padding: [24, 24] }); }
  }

  function start(section) {
    var node = section.querySelector("[data-gp-map]");
    function ready() {
      if (node.dataset.ready !== "1" || section.dataset.started) { return; }
      section.dataset.started = "1";
      if (section.dataset.gpDraw === "show") { show(section, node.gridMap); } else { new Pen(section).begin(node.gridMap); }
    }
    new MutationObserver(ready).observe(node, { attributes: true, attributeFilter: ["data-ready"] });
    ready();
  }

  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.forEach.call(document.querySelectorAll("[data-gp-draw]"), start);
  });
})();
