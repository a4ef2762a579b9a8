/* The map component: cells as vectors from one GeoJSON, a list in step, picking a place, points in groups. */
(function () {
  "use strict";

  var STEPS = 5;
  var LABEL_MIN_WIDTH = 72; // pixels a cell must be wide to carry its name
  var LABELS_AT_MOST = 60;
  var CLUSTER_FROM = 300;
  var CLUSTER_PIXELS = 56;
  var PIXELS_PER_POINT = 9;

  function fetchJson(url) {
    return window.fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } }).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.json();
    });
  }

  function element(tag, classes, text) {
    var node = document.createElement(tag);
    if (classes) { node.className = classes; }
    if (text !== undefined && text !== null) { node.textContent = text; }
    return node;
  }

  function GridMap(node) {
    this.node = node;
    this.data = node.dataset;
    this.layers = {};
    this.chosen = null;
    this.map = L.map(node.querySelector("[data-gp-map-canvas]"), {
      attributionControl: false, zoomControl: false, zoomSnap: 0.25, minZoom: 7, maxZoom: 19, preferCanvas: false
    });
    // Names lie below the markers, and the wheel scrolls the page until the map is used.
    this.map.createPane("names").style.zIndex = 450;
    this.map.scrollWheelZoom.disable();
    this.map.on("focus", function () { this.scrollWheelZoom.enable(); });
    this.map.on("blur", function () { this.scrollWheelZoom.disable(); });
    L.control.zoom({ position: "topright", zoomInTitle: this.data.textZoomIn, zoomOutTitle: this.data.textZoomOut }).addTo(this.map);
    if (this.data.tiandituKey) { this.addTiles(this.data.tiandituKey); }
    this.load();
  }

  GridMap.prototype.addTiles = function (key) {
    ["vec", "cva"].forEach(function (layer) {
      L.tileLayer("https://t{s}.tianditu.gov.cn/" + layer + "_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=" + layer +
        "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=" + encodeURIComponent(key), { subdomains: "01234567", maxZoom: 18 }).addTo(this.map);
    }, this);
  };

  GridMap.prototype.load = function () {
    var self = this;
    fetchJson(this.data.src).then(function (collection) {
      self.drawCells(collection);
      self.fillList(collection.features);
      if (self.data.mode === "pick") { self.startPicking(); }
      return self.data.points ? fetchJson(self.data.points) : null;
    }).then(function (points) {
      if (points) { self.drawPoints(points.features); }
      self.node.dataset.ready = "1";
    }).catch(function () {
      self.node.dataset.ready = "failed";
      self.say(self.data.textAway, true);
    });
  };

  /* Five equal steps of the numeric property; the legend shows their bounds. */
  GridMap.prototype.breaks = function (features) {
    var key = this.data.colourBy;
    var values = features.map(function (one) { return Number(one.properties[key]); }).filter(isFinite);
    var top = values.length ? Math.max.apply(null, values) : 0;
    return top > 0 ? top / STEPS : 0;
  };

  GridMap.prototype.classOf = function (feature) {
    var classes = "gp-cell";
    if (feature.properties.tone) { classes += " gp-cell-" + feature.properties.tone; }
    if (this.data.colourBy && this.step) {
      var step = Math.ceil(Number(feature.properties[this.data.colourBy] || 0) / this.step);
      if (step > 0) { classes += " gp-cell-" + Math.min(step, STEPS); }
    }
    return classes;
  };

  GridMap.prototype.drawCells = function (collection) {
    var self = this;
    this.step = this.data.colourBy ? this.breaks(collection.features) : 0;
    this.cells = L.geoJSON(collection, {
      style: function (feature) { return { className: self.classOf(feature), weight: 1 }; },
      onEachFeature: function (feature, layer) {
        self.layers[feature.properties.code] = layer;
        layer.on("click", function (event) {
          if (self.data.mode === "pick") { return; }
          L.DomEvent.stopPropagation(event);
          self.choose(feature.properties.code, false);
        });
      }
    }).addTo(this.map);
    var bounds = this.cells.getBounds();
    if (bounds.isValid()) {
      this.map.fitBounds(bounds, { padding: [12, 12] });
      this.map.setMaxBounds(bounds.pad(0.6));
    }
    this.map.on("zoomend moveend", function () { self.showLabels(); });
    this.showLabels();
    this.drawLegend();
  };

  GridMap.prototype.showLabels = function () {
    var map = this.map;
    var view = map.getBounds();
    var left = LABELS_AT_MOST;
    this.cells.eachLayer(function (layer) {
      var about = layer.feature.properties;
      if (!about.name || about.quiet) { return; } // what lies under others shows no name
      var bounds = layer.getBounds();
      var width = map.latLngToLayerPoint(bounds.getSouthEast()).x - map.latLngToLayerPoint(bounds.getNorthWest()).x;
      var fits = width >= LABEL_MIN_WIDTH && view.intersects(bounds) && left > 0;
      if (fits) { left -= 1; }
      if (fits && !layer.getTooltip()) { // a name is made when it fits: thousands at once take minutes
        layer.bindTooltip(element("span", "", about.name), { permanent: true, direction: "center", className: "gp-cell-label", interactive: false, pane: "names" });
      } else if (!fits && layer.getTooltip()) {
        layer.unbindTooltip();
      }
    });
  };

  GridMap.prototype.drawLegend = function () {
    var legend = this.node.querySelector("[data-gp-map-legend]");
    if (!legend || !this.step) { return; }
    for (var index = 1; index <= STEPS; index += 1) {
      var item = element("span");
      item.innerHTML = '<svg viewBox="0 0 18 12" aria-hidden="true"><rect width="18" height="12" class="gp-cell gp-cell-' + index + '"></rect></svg>';
      var low = Math.floor((index - 1) * this.step) + 1;
      var high = Math.floor(index * this.step);
      item.appendChild(document.createTextNode(high > low ? low + "–" + high : String(high)));
      if (high >= low) { legend.appendChild(item); }
    }
    legend.hidden = false;
  };

  GridMap.prototype.fillList = function (features) {
    var list = this.node.querySelector("[data-gp-map-list]");
    var self = this;
    if (!list) { return; }
    features.forEach(function (feature) {
      var item = element("li");
      var button = element("button", "", feature.properties.name || feature.properties.code);
      button.type = "button";
      button.dataset.code = feature.properties.code;
      if (self.data.colourBy && feature.properties[self.data.colourBy] !== undefined) {
        button.appendChild(element("strong", "", feature.properties[self.data.colourBy]));
      }
      button.addEventListener("click", function () { self.choose(feature.properties.code, true); });
      item.appendChild(button);
      list.appendChild(item);
    });
  };

  GridMap.prototype.choose = function (code, fly) {
    var layer = this.layers[code];
    if (!layer) { return; }
    if (this.chosen && this.chosen.getElement && this.chosen.getElement()) { this.chosen.getElement().classList.remove("gp-cell-chosen"); }
    this.chosen = layer;
    layer.bringToFront();
    if (layer.getElement && layer.getElement()) { layer.getElement().classList.add("gp-cell-chosen"); }
    if (fly) { this.map.fitBounds(layer.getBounds(), { padding: [24, 24], maxZoom: 16 }); }
    Array.prototype.forEach.call(this.node.querySelectorAll("[data-gp-map-list] button"), function (button) {
      if (button.dataset.code === code) { button.setAttribute("aria-current", "true"); } else { button.removeAttribute("aria-current"); }
    });
    this.node.dispatchEvent(new CustomEvent("gp:cell", { bubbles: true, detail: layer.feature.properties }));
    this.openSheet(layer.feature.properties);
  };

  /* properties: name, text, href, facts [[label, value], …] */
  GridMap.prototype.openSheet = function (properties) {
    var sheet = this.node.querySelector("[data-gp-map-sheet]");
    sheet.textContent = "";
    sheet.appendChild(element("h3", "", properties.name || properties.label || properties.code));
    if (properties.text) { sheet.appendChild(element("p", "gp-muted", properties.text)); }
    if (properties.facts && properties.facts.length) {
      var facts = element("dl");
      properties.facts.forEach(function (fact) {
        var line = element("div");
        line.appendChild(element("dt", "", fact[0]));
        line.appendChild(element("dd", "", fact[1]));
        facts.appendChild(line);
      });
      sheet.appendChild(facts);
    }
    if (properties.href) {
      var link = element("a", "btn btn-default", this.data.textOpen);
      link.href = properties.href;
      sheet.appendChild(link);
    }
    var close = element("button", "gp-toast-close", "×");
    close.type = "button";
    close.setAttribute("aria-label", this.data.textClose);
    close.addEventListener("click", function () { sheet.hidden = true; });
    sheet.appendChild(close);
    sheet.hidden = false;
  };

  /* Points */
  GridMap.prototype.drawPoints = function (features) {
    var self = this;
    this.points = features.filter(function (one) { return one.geometry && one.geometry.type === "Point"; });
    this.pointLayer = L.layerGroup().addTo(this.map);
    this.map.on("zoomend", function () { self.placePoints(); });
    this.placePoints();
  };

  GridMap.prototype.placePoints = function () {
    var self = this;
    this.pointLayer.clearLayers();
    this.groups().forEach(function (group) {
      if (group.length > 1) { self.placeCluster(group); } else { self.placePoint(group[0]); }
    });
  };

  GridMap.prototype.groups = function () {
    // On a narrow screen fewer points fit before they hide each other.
    var room = Math.min(CLUSTER_FROM, this.map.getSize().x / PIXELS_PER_POINT);
    if (this.points.length <= room || this.map.getZoom() >= 18) { return this.points.map(function (one) { return [one]; }); }
    var byTile = {};
    this.points.forEach(function (one) {
      var at = this.map.project([one.geometry.coordinates[1], one.geometry.coordinates[0]]);
      var key = Math.floor(at.x / CLUSTER_PIXELS) + ":" + Math.floor(at.y / CLUSTER_PIXELS);
      (byTile[key] = byTile[key] || []).push(one);
    }, this);
    return Object.keys(byTile).sort().map(function (key) { return byTile[key]; });
  };

  GridMap.prototype.placePoint = function (feature) {
    var self = this;
    var at = [feature.geometry.coordinates[1], feature.geometry.coordinates[0]];
    var tone = String(feature.properties.tone || "").toLowerCase();
    var marker = L.marker(at, {
      title: feature.properties.label || feature.properties.name || "",
      icon: L.divIcon({ className: "gp-marker gp-marker-" + tone, iconSize: [18, 18] })
    });
    marker.on("click", function () { self.openSheet(feature.properties); });
    this.pointLayer.addLayer(marker);
  };

  GridMap.prototype.placeCluster = function (group) {
    var map = this.map;
    var bounds = L.latLngBounds(group.map(function (one) { return [one.geometry.coordinates[1], one.geometry.coordinates[0]]; }));
    var size = group.length < 10 ? 28 : group.length < 100 ? 34 : 42;
    var marker = L.marker(bounds.getCenter(), {
      title: group.length + " " + (this.data.textMatters || ""),
      icon: L.divIcon({ className: "gp-marker gp-marker-cluster", iconSize: [size, size], html: String(group.length) })
    });
    marker.on("click", function () { map.fitBounds(bounds.pad(0.2), { maxZoom: Math.max(map.getZoom() + 2, 15) }); });
    this.pointLayer.addLayer(marker);
  };

  /* Picking a place: tap, or the device's own position (WGS-84). */
  GridMap.prototype.startPicking = function () {
    var self = this;
    var here = this.node.querySelector("[data-gp-map-here]");
    this.map.on("click", function (event) { self.pick(event.latlng.lng, event.latlng.lat); });
    if (here) {
      here.disabled = !navigator.geolocation;
      here.addEventListener("click", function () {
        navigator.geolocation.getCurrentPosition(function (found) {
          self.pick(found.coords.longitude, found.coords.latitude);
          self.map.setView([found.coords.latitude, found.coords.longitude], 16);
        }, function () { self.say(self.data.textNoLocation, true); }, { enableHighAccuracy: true, timeout: 10000 });
      });
    }
    var lon = document.getElementById(this.data.lonId);
    var lat = document.getElementById(this.data.latId);
    if (lon && lat && lon.value && lat.value) { this.pick(Number(lon.value), Number(lat.value)); }
  };

  GridMap.prototype.pick = function (lon, lat) {
    var self = this;
    var datum = document.getElementById("id_datum");
    if (!this.pin) { this.pin = L.marker([lat, lon], { icon: L.divIcon({ className: "gp-pin", iconSize: [22, 22], iconAnchor: [11, 22] }), keyboard: false }).addTo(this.map); }
    this.pin.setLatLng([lat, lon]);
    this.fill(this.data.lonId, lon.toFixed(6));
    this.fill(this.data.latId, lat.toFixed(6));
    if (datum) { datum.value = "wgs84"; }
    fetchJson(this.data.locate + "?lon=" + lon.toFixed(6) + "&lat=" + lat.toFixed(6) + "&datum=wgs84").then(function (answer) {
      var path = Array.isArray(answer.path) ? answer.path.map(function (one) { return one.name || one; }).join(" › ") : answer.path || answer.cell;
      self.say(self.data.textHere + " " + path, false);
      self.node.dispatchEvent(new CustomEvent("gp:picked", { bubbles: true, detail: { lon: lon, lat: lat, cell: answer.cell } }));
    }).catch(function () {
      self.fill(self.data.lonId, "");
      self.fill(self.data.latId, "");
      self.say(self.data.textOutside, true);
    });
  };

  GridMap.prototype.fill = function (id, value) {
    var field = document.getElementById(id);
    if (field) {
      field.value = value;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  GridMap.prototype.say = function (text, bad) {
    var answer = this.node.querySelector("[data-gp-map-answer]");
    if (!answer) {
      answer = element("p", "gp-map-answer");
      answer.setAttribute("role", "status");
      this.node.appendChild(answer);
      answer.setAttribute("data-gp-map-answer", "");
    }
    answer.textContent = text;
    answer.classList.toggle("gp-bad", Boolean(bad));
  };

  function start(root) {
    if (!window.L) { return; }
    Array.prototype.forEach.call(root.querySelectorAll("[data-gp-map]:not([data-started])"), function (node) {
      node.dataset.started = "1";
      node.gridMap = new GridMap(node);
    });
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", function () { start(document); });
  } else {
    start(document);
  }
  document.addEventListener("htmx:afterSettle", function (event) { start(event.target); });
})();
