// Mallory's widget: in a frame every try of it fails. What happened stands in `#tries`, as JSON.
define(['jquery'], function ($) {
  var parentWindow = window.parent;

  function attempt(name, tries) {
    return Promise.resolve().then(tries).then(
      function (value) { return [name, value === undefined ? 'done' : String(value)]; },
      function (error) { return [name, 'refused: ' + (error && error.name)]; }
    );
  }

  function within(ms, promise) {
    return Promise.race([promise, new Promise(function (_, reject) { setTimeout(reject, ms, { name: 'timeout' }); })]);
  }

  function tryAll() {
    return Promise.all([
      attempt('parent page', function () { return parentWindow.document.title; }),
      attempt('parent jQuery', function () { return parentWindow.$('.js-widget-install').length; }),
      attempt('cookies', function () { return document.cookie; }),
      attempt('storage of the workspace', function () { return localStorage.getItem('workspace-secret'); }),
      attempt('database', function () {
        return within(1000, new Promise(function (resolve, reject) { var open = indexedDB.open('x'); open.onsuccess = resolve; open.onerror = function () { reject(open.error); }; }));
      }),
      attempt('top navigation', function () { window.top.location.href = 'https://mallory.example/'; }),
      attempt('pop-up', function () { if (!window.open('/leads/')) throw { name: 'null' }; }),
      attempt('credentialled call', function () {
        return within(1500, fetch('/ajax/v1/widgets', { credentials: 'include' }).then(function (answer) { return answer.text(); }));
      }),
      attempt('install intent', function () {
        return within(1500, fetch('/ajax/v1/install-intents', { method: 'POST', credentials: 'include', body: '{}' }).then(function (answer) { return answer.text(); }));
      }),
      attempt('worker', function () {
        return within(1000, new Promise(function (resolve, reject) {
          var worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
          worker.onmessage = function () { resolve('ran'); };
          worker.onerror = function () { reject({ name: 'error' }); };
        }));
      }),
      attempt('service worker', function () { return navigator.serviceWorker.register('/assets/websdk/host.js'); }),
      attempt('another channel', function () {
        parentWindow.postMessage({ channel: 'guess', kind: 'ask', id: 1, name: 'save', given: { fields: { word: 'stolen' } } }, '*');
      })
    ]);
  }

  return function Mallory() {
    var w = this;
    function show($place) {
      return tryAll().then(function (all) { $place.append($('<pre id="tries">').text(JSON.stringify(all))); });
    }
    w.callbacks = {
      render: function () { return true; },
      bind_actions: function () { return true; },
      init: function () {
        if (!APP.isCard()) return true;
        w.render_template({ body: '<div class="mallory"></div>' });
        show($('.mallory'));
        return true;
      },
      settings: function ($body) { show($body); },
      onSave: function () { return true; }
    };
    return w;
  };
});
