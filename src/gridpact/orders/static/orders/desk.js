/* The triage desk by keyboard: panes swapped in place, the next order read ahead, photos in a lightbox. */
(function () {
  "use strict";

  var POLL_MS = 30000;
  var ahead = { href: "", html: "" };
  var timer = 0;
  var shownAt = here();

  function here() { return window.location.pathname + window.location.search; }
  function one(selector, root) { return (root || document).querySelector(selector); }
  function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }
  function desk() { return one("[data-gp-desk]"); }
  function texts() { return one("#desk-say").dataset; }
  function say(words) { one("#desk-say").textContent = words; }

  function read(href, options) {
    var given = options || {};
    given.credentials = "same-origin";
    given.headers = { "HX-Request": "true" };
    return window.fetch(href, given);
  }

  function put(node, html) {
    node.innerHTML = html;
    if (window.htmx) { window.htmx.process(node); }
    node.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true }));
  }

  /* The queue */
  function links() { return all("[data-gp-order]"); }
  function number() { var panes = one("[data-gp-number]"); return panes ? panes.dataset.gpNumber : ""; }
  function linkOf(wanted) { return links().filter(function (link) { return link.dataset.gpOrder === wanted; })[0]; }

  function mark(wanted) {
    links().forEach(function (link) {
      if (link.dataset.gpOrder === wanted) {
        link.setAttribute("aria-current", "true");
        link.scrollIntoView({ block: "nearest" });
      } else { link.removeAttribute("aria-current"); }
    });
  }

  function nextOf(wanted, step) {
    var list = links();
    var at = list.indexOf(linkOf(wanted));
    return list[at + step];
  }

  function poll() {
    var queue = one("#desk-queue");
    if (!queue || document.hidden || queue.contains(document.activeElement) && document.activeElement.id === "desk-q") { return; }
    var current = number();
    read(queue.dataset.poll + "&current=" + encodeURIComponent(current)).then(function (answer) {
      return answer.ok ? answer.text() : null;
    }).then(function (html) {
      if (html === null || current !== number()) { return; }
      var focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.gpOrder : "";
      put(queue, html);
      mark(current);
      if (focused && linkOf(focused)) { linkOf(focused).focus(); }
      readAhead();
    }).catch(function () { return null; });
  }

  function readAhead() {
    var link = nextOf(number(), 1);
    if (!link || ahead.href === link.href) { return; }
    var href = link.href;
    var following = nextOf(link.dataset.gpOrder, 1);
    var more = (href.indexOf("?") < 0 ? "?" : "&") + "ahead=1" + (following ? "&next=" + following.dataset.gpOrder : "");
    read(href + more).then(function (answer) { return answer.ok ? answer.text() : ""; }).then(function (html) {
      ahead = { href: href, html: html };
    }).catch(function () { return null; });
  }

  /* One order */
  function show(href, wanted, html, back) {
    put(one("#desk-work"), html);
    desk().dataset.view = "order";
    mark(wanted);
    if (!back) { window.history.pushState({ desk: true }, "", href); }
    shownAt = here();
    settle();
    window.scrollTo(0, 0);
    var title = one("#desk-title");
    if (title) { title.focus({ preventScroll: true }); }
    window.setTimeout(poll, 300); // marks that I look, and who else does
  }

  function open(link) {
    if (!link) { say(texts().none); return; }
    var href = link.href, wanted = link.dataset.gpOrder;
    if (ahead.href === href && ahead.html) { show(href, wanted, ahead.html); return; }
    read(href).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.text();
    }).then(function (html) { show(href, wanted, html); }).catch(function () { window.location.assign(href); });
  }

  function settle() {
    fit(true);
    startUndo();
    readAhead();
  }

  /* The decision: what does not belong to the class is folded away, the usual is chosen. */
  function chosen(name) { return one("[data-gp-decide] input[name=" + name + "]:checked"); }

  function fit(keep) {
    var form = one(".gp-desk-form[data-gp-decide]");
    if (!form) { return; }
    var klass = chosen("klass");
    all("[data-gp-for]", form).forEach(function (way) {
      way.hidden = Boolean(klass) && way.dataset.gpFor.split(" ").indexOf(klass.value) < 0;
    });
    if (klass && (!keep || !chosen("way") || chosen("way").parentNode.hidden)) {
      one("input[name=way][value=" + klass.dataset.first + "]", form).checked = true;
    }
    var way = chosen("way");
    all("[data-gp-way]", form).forEach(function (part) {
      part.hidden = Boolean(way) && part.dataset.gpWay.split(" ").indexOf(way.value) < 0;
    });
    if (klass && !keep) { chooseReply(form, klass); chooseReceiver(form, klass); }
    all("select[name$=standard]").forEach(showSentence);
  }

  function chooseReply(form, klass) {
    var select = one("select[name=standard]", form);
    var fits = {};
    all("[data-gp-sentences] li", form).forEach(function (line) { fits[line.dataset.code] = !line.dataset.klass || line.dataset.klass === klass.value; });
    all("option", select).forEach(function (option) { option.hidden = option.value !== "" && !fits[option.value]; });
    if (!one("[name=reason]", form).value && !(select.value && fits[select.value])) { select.value = klass.dataset.reply; }
  }

  /* Each class has its own receiver; one chosen by hand stays. */
  function chooseReceiver(form, klass) {
    var to = one("select[name=to]", form);
    if (!to.dataset.byHand) { to.value = klass.dataset.to; }
  }

  function showSentence(select) {
    all("[data-gp-sentences]", select.form).forEach(function (list) {
      var any = false;
      all("li", list).forEach(function (line) {
        line.hidden = line.dataset.code !== select.value;
        any = any || !line.hidden;
      });
      list.hidden = !any;
    });
  }

  function pick(key) {
    var box = one("[data-gp-class='" + key + "']");
    if (!box) { return; }
    box.checked = true;
    fit(false);
    ready();
  }

  /* Sending: the next order is shown at once; a refusal brings the form back as it was. */
  function send(form) {
    var guess = nextOf(number(), 1);
    var instant = form.hasAttribute("data-gp-decide") && form.checkValidity() && guess && ahead.href === guess.href && ahead.html;
    var before = { href: window.location.href, number: number() };
    var body = new FormData(form);
    if (instant) { show(guess.href, guess.dataset.gpOrder, ahead.html); }
    var shown = instant ? guess.dataset.gpOrder : "";
    read(form.action, { method: "POST", body: body }).then(function (answer) {
      return answer.text().then(function (html) { arrived(answer, html, shown, before); });
    }).catch(function () {
      window.gridpact.toast("error", one("#gp-texts").dataset.network);
      if (instant) { window.location.assign(before.href); }
    });
  }

  function arrived(answer, html, shown, before) {
    if (answer.status !== 409 && answer.status !== 422 && !answer.ok) { window.location.assign(before.href); return; }
    var made = document.createElement("div");
    made.innerHTML = html;
    var opened = one("[data-gp-number]", made);
    var address = answer.headers.get("X-Desk-Address") || before.href;
    if (answer.ok && shown && opened && opened.dataset.gpNumber === shown && number() === shown) {
      put(one("#desk-queue"), one("#desk-queue", made).innerHTML);
      var bar = one("[data-gp-undo]", made);
      var old = one("#desk-work [data-gp-undo]");
      if (old) { old.remove(); }
      if (bar) { one("#desk-work").insertBefore(bar, one("#desk-work").firstChild); }
      say(texts().sent);
    } else {
      put(one("#desk"), html);
      window.history.replaceState({ desk: true }, "", address);
      shownAt = here();
      var focus = answer.ok ? one("#desk-title") : one("#desk [role=alert], #desk .gp-errors, #desk [data-gp-focus]");
      if (focus) { if (!answer.ok) { focus.tabIndex = -1; } focus.focus(); }
      if (answer.ok) { say(texts().sent); }
    }
    ahead = { href: "", html: "" };
    mark(number());
    settle();
  }

  function startUndo() {
    window.clearInterval(timer);
    var bar = one("[data-gp-undo]");
    if (!bar) { return; }
    var left = Number(bar.dataset.seconds);
    one("[data-gp-left]", bar).textContent = String(left);
    timer = window.setInterval(function () {
      left -= 1;
      if (left <= 0) { window.clearInterval(timer); bar.remove(); return; }
      one("[data-gp-left]", bar).textContent = String(left);
    }, 1000);
  }

  /* Photos */
  function lightbox(link) {
    var list = all("[data-gp-photo]", link.closest(".gp-photos"));
    var at = list.indexOf(link);
    var box = document.createElement("div");
    box.className = "gp-lightbox";
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-modal", "true");
    box.innerHTML = "<img alt=''><p></p><button type='button' class='gp-lightbox-previous'>‹</button><button type='button' class='gp-lightbox-next'>›</button><button type='button' class='gp-lightbox-close'>×</button>";
    var labels = { previous: texts().previous, next: texts().next, close: texts().close };
    Object.keys(labels).forEach(function (name) { one(".gp-lightbox-" + name, box).setAttribute("aria-label", labels[name]); });
    function draw() {
      var picture = one("img", box);
      picture.src = list[at].href;
      picture.alt = one("img", list[at]).alt;
      one("p", box).textContent = (at + 1) + "/" + list.length + " " + picture.alt;
      box.setAttribute("aria-label", picture.alt);
    }
    function turn(step) { at = (at + step + list.length) % list.length; draw(); }
    function close() { box.remove(); link.focus(); }
    box.addEventListener("click", function (event) {
      if (event.target.matches(".gp-lightbox-previous")) { turn(-1); } else if (event.target.matches(".gp-lightbox-next")) { turn(1); } else if (!event.target.matches("img")) { close(); }
    });
    box.addEventListener("keydown", function (event) {
      event.stopPropagation();
      if (event.key === "Escape") { close(); }
      if (event.key === "ArrowLeft") { turn(-1); }
      if (event.key === "ArrowRight") { turn(1); }
      if (event.key === "Tab") {
        var stops = all("button", box);
        var where = stops.indexOf(document.activeElement) + (event.shiftKey ? -1 : 1);
        event.preventDefault();
        stops[(where + stops.length) % stops.length].focus();
      }
    });
    document.body.appendChild(box);
    draw();
    one(".gp-lightbox-close", box).focus();
  }

  /* Mouse, keys, history */
  document.addEventListener("click", function (event) {
    if (!desk() || event.ctrlKey || event.metaKey || event.shiftKey || event.button) { return; }
    var link = event.target.closest("[data-gp-order], [data-gp-photo], [data-gp-back], [data-gp-take]");
    if (!link || !one("#desk").contains(link)) { return; }
    event.preventDefault();
    if (link.matches("[data-gp-order]")) { open(link); }
    if (link.matches("[data-gp-photo]")) { lightbox(link); }
    if (link.matches("[data-gp-back]")) { desk().dataset.view = "queue"; window.scrollTo(0, 0); var row = linkOf(number()); if (row) { row.focus(); } }
    if (link.matches("[data-gp-take]")) { take(link.dataset); }
  });

  function take(hint) {
    var form = one(".gp-desk-form[data-gp-decide]");
    var box = one("input[name=klass][value=" + (hint.klass || "none") + "]", form);
    if (box) { box.checked = true; fit(false); }
    ["category", "to"].forEach(function (name) { if (hint[name]) { one("select[name=" + name + "]", form).value = hint[name]; } });
    if (hint.to) { one("select[name=to]", form).dataset.byHand = "1"; }
    ready();
    say(texts().taken);
  }

  /* Where Enter confirms at once, or the receiver that is still missing. */
  function ready() {
    var to = one("select[name=to]"), klass = chosen("klass"), title = one("#desk-title");
    if (to && !to.value && to.offsetParent) { to.focus(); } else if (klass) { klass.focus(); } else if (title) { title.focus(); }
  }

  document.addEventListener("change", function (event) {
    if (!event.target.closest || !event.target.closest("[data-gp-decide]")) { return; }
    if (event.target.name === "klass") { fit(false); }
    if (event.target.name === "way") { fit(true); }
    if (event.target.name === "to") { event.target.dataset.byHand = "1"; }
    if (/standard$/.test(event.target.name)) { showSentence(event.target); }
  });

  document.addEventListener("submit", function (event) {
    if (!event.target.matches("[data-gp-decide], [data-gp-undo]")) { return; }
    event.preventDefault();
    send(event.target);
  });

  window.addEventListener("popstate", function () {
    if (!desk() || shownAt === here()) { return; } // a jump within the page is no other order
    shownAt = here();
    var href = window.location.href;
    read(href).then(function (answer) { return answer.ok ? answer.text() : ""; }).then(function (html) {
      if (!html || !/\/work\/desk\/./.test(href)) { window.location.reload(); return; }
      show(href, decodeURIComponent(window.location.pathname.split("/").pop()), html, true);
    });
  });

  function press(selector, words) {
    var node = one(selector);
    if (node) { node.click(); } else if (words) { say(words); }
  }

  function confirm() {
    var form = one(".gp-desk-form[data-gp-decide]");
    if (!form) { return; }
    if (!chosen("klass")) { say(texts().choose); window.gridpact.toast("info", texts().choose); return; }
    form.requestSubmit ? form.requestSubmit() : press(".gp-desk-form[data-gp-decide] [type=submit]");
  }

  var KEYS = {
    j: function () { open(nextOf(number(), 1)); },
    k: function () { open(nextOf(number(), -1)); },
    z: function () { press("[data-gp-undo] button"); },
    r: function () {
      var part = one("[data-gp-refuse]");
      if (part) { part.open = true; one("select", part).focus(); part.scrollIntoView({ block: "nearest" }); }
    },
    t: function () { press("[data-gp-take-all]", texts().noHint); },
    m: function () { press("[data-gp-merge]", texts().noMerge); },
    "/": function () { one("#desk-q").focus(); },
    "?": function () { var menu = one("[data-gp-keys]"); menu.open = !menu.open; }
  };

  document.addEventListener("keydown", function (event) {
    if (!desk() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    var at = event.target;
    if (event.key === "Escape" && at.blur && at.matches("input, select, textarea")) { at.blur(); return; }
    if (event.key === "Enter") {
      var inForm = at.closest("[data-gp-decide]") && at.matches("select, input");
      if (inForm && at.form !== one(".gp-desk-form[data-gp-decide]")) { return; }
      if (inForm || at === document.body || at.id === "desk-title") { event.preventDefault(); confirm(); }
      return;
    }
    if (at.matches("textarea, select, input:not([type=radio])") || at.isContentEditable) { return; }
    var act = /^[1-4]$/.test(event.key) ? function () { pick(event.key); } : KEYS[event.key.toLowerCase()];
    if (act) { event.preventDefault(); act(); }
  });

  function start() {
    if (!desk()) { return; }
    settle();
    window.setInterval(poll, POLL_MS);
  }

  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
})();
