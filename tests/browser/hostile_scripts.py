"""Widgets of Mallory's, and of people who make mistakes: what their archives say and run."""

QUIET = "render: () => true, init: () => true, bind_actions: () => true"

# It comes before the modal of anybody, patches what it can, and keeps what it catches.
MALLORY = (
    """define(['jquery'], function ($) {
  const caught = [];
  let genuine = null;
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    caught.push([type, listener]);
    return add.call(this, type, listener, options);
  };
  const on = $.fn.on;
  $.fn.on = function (...given) {
    const listener = given.find((one) => typeof one === 'function');
    if (listener) caught.push(['click', listener]);
    return on.apply(this, given);
  };
  document.addEventListener('click', (event) => { if (event.isTrusted) genuine ??= event; }, true);
  const lie = (button) => ({isTrusted: true, type: 'click', target: button, currentTarget: button,
    originalEvent: {isTrusted: true}, detail: 1, clientX: 1, clientY: 1, preventDefault() {},
    stopPropagation() {}, stopImmediatePropagation() {}});
  const send = (button, Kind, ...types) => {
    const {left, top, width, height} = button.getBoundingClientRect();
    const at = {clientX: left + width / 2, clientY: top + height / 2};
    types.forEach((type) => button.dispatchEvent(new Kind(type, {...at, bubbles: true,
      cancelable: true, composed: true, detail: 1, key: 'Enter', code: 'Enter', view: window})));
  };
  const form = (button) => {
    const made = document.body.appendChild(document.createElement('form'));
    made.id = 'mallory-form';
    made.target = 'mallory';
    const frame = Object.assign(document.createElement('iframe'), {name: 'mallory'});
    document.body.append(frame);
    made.onsubmit = (event) => event.preventDefault();
    button.type = 'submit';
    button.setAttribute('form', made.id);
    return made;
  };
  window.mallory = {
    click: (b) => b.click(),
    dispatched: (b) => send(b, MouseEvent, 'click'),
    pointer: (b) => {
      send(b, PointerEvent, 'pointerdown');
      send(b, MouseEvent, 'mousedown');
      send(b, PointerEvent, 'pointerup');
      send(b, MouseEvent, 'mouseup');
      send(b, PointerEvent, 'click');
    },
    trigger: (b) => $(b).trigger('click'),
    handler: (b) => $(b).parents().addBack().each((_, one) => $(one).triggerHandler('click')),
    keyboard: (b) => { b.focus(); send(b, KeyboardEvent, 'keydown', 'keypress', 'keyup'); },
    label: (b) => {
      const label = document.body.appendChild(document.createElement('label'));
      label.htmlFor = b.id;
      label.click();
    },
    requestSubmit: (b) => form(b).requestSubmit(b),
    submit: (b) => form(b).submit(),
    caught: (b) => caught.forEach(([type, listener]) => {
      if (type !== 'click') return;
      try { (listener.handleEvent ?? listener).call(b, lie(b)); } catch { /* the next one */ }
    }),
    prototype: (b) => {
      Object.defineProperty(Event.prototype, 'isTrusted', {get: () => true, configurable: true});
      Object.defineProperty(Event, Symbol.hasInstance, {value: () => true, configurable: true});
      b.click();
    },
    replayed: (b) => { if (genuine) b.dispatchEvent(genuine); },
    popup: async (b) => {
      const other = window.open(location.href);
      for (let n = 0; n < 50 && !other?.mallory; n++) await new Promise((f) => setTimeout(f, 100));
      const $link = other.$(`[data-widget-open='${b.id}']`).last();
      $link.trigger('click');
      await new Promise((f) => setTimeout(f, 500));
      other.document.getElementById(b.id)?.click();
      await new Promise((f) => setTimeout(f, 300));
      other.close();
      while (!other.closed) await new Promise((f) => setTimeout(f, 50));
    },
  };
  return function () { this.callbacks = {"""
    + QUIET
    + """}; };
});
"""
).encode()

# What its `settings` callback does before anybody has installed it.
BEFOREHAND = (
    """define(['jquery'], function ($) {
  window.mallory_ran = ['script'];
  return function () {
    this.callbacks = {"""
    + QUIET
    + """, onSave: () => true,
      settings: function ($body) {
        window.mallory_ran.push('settings');
        window.mallory_settings = {...this};
        const $modal = $body.closest('.modal');
        $modal.find('.js-widget-install').on('click', () => {
          window.mallory_ran.push('install pressed');
          if (!$body.find('[name=depot]').val()) $body.append('<p class="told">Name a depot.</p>');
        });
        $modal.find('.js-widget-install, .js-widget-save').click();
      }};
  };
});
"""
).encode()

THROWS = b"define([], () => function () { throw new Error('of the widget'); });"
REJECTS = b"""define([], () => function () { this.callbacks = {
  render: () => Promise.reject(new Error('of the widget')), init: () => true,
  bind_actions: () => true}; });"""
BREAKS_OFF = b"define([], () => { return function () { this.callbacks = {"
LACKS = b"define(['./nothing-here.js'], () => function () {});"
HANGS = b"""define([], () => function () { this.callbacks = {
  render: () => new Promise(() => {}), init: () => true, bind_actions: () => true}; });"""
LOOPS = b"""define([], () => function () { this.callbacks = {
  render: () => { for (;;); }, init: () => true, bind_actions: () => true}; });"""
WORKS = b"""define([], () => function () { const self = this; this.callbacks = {
  render: () => self.render_template({body: '<p class="fine">Fine</p>'}), init: () => true,
  bind_actions: () => true}; });"""
FRAMED = b"""define([], () => function () { const self = this; this.callbacks = {
  render: () => { window.mallory_ran = ['script'];
    return self.render_template({body: '<p class="fine">Fine</p>'}); },
  init: () => true, bind_actions: () => true}; });"""


def taking(code: str) -> dict[str, bytes]:
    """Return files by which a widget in a frame would take over the page, were it one of ours."""
    inner = f"<script src='/upl/{code}/2/widget/taken.js'></script>"
    page = (
        f'<div class="side"><nav></nav></div><main id="main"><iframe srcdoc="{inner}"></iframe>'
        '</main><script type="application/json" id="grantway-boot">{"widgets": []}</script>'
    )
    return {"page_html": page.encode(), "taken": b"top.taken = document.cookie + '!';"}


# What a frame may try on its own. Each names what it got, or nothing.
TRIES = """async (base) => {
  const late = (ms, what) => new Promise((resolve) => setTimeout(resolve, ms, what));
  const worker = (address) => new Promise((resolve) => {
    const one = new Worker(address);
    one.onmessage = () => resolve('it works');
    one.onerror = () => resolve('');
    setTimeout(resolve, 500, '');
  });
  const send = (target) => {
    const form = document.body.appendChild(document.createElement('form'));
    Object.assign(form, {action: `${base}/sign-out`, method: 'post', target});
    form.submit();
  };
  const opened = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve('opened');
    request.onerror = reject;
  });
  const headers = {'X-Requested-With': 'XMLHttpRequest'};
  const read = (path) => fetch(base + path, {credentials: 'include'}).then((r) => r.text());
  const tries = {
    page: () => parent.document.title,
    top: () => top.document.title,
    element: () => frameElement && 'an element',
    names: () => parent.APP && 'APP',
    neighbour: () => [...Array(parent.length).keys()].map((n) => parent[n])
      .find((one) => one !== window).document.title,
    cookies: () => document.cookie || '',
    database: () => opened(indexedDB.open('mallory')),
    store: () => caches.open('mallory').then(() => 'opened'),
    call: () => read('/api/v4/account'),
    'own call': () => fetch(`${base}/ajax/v1/widgets`, {credentials: 'include', headers})
      .then((r) => r.text()),
    file: () => read('/settings/integrations/'),
    window: () => open(`${base}/leads/`) && 'a window',
    'place of the page': () => { top.location = `${base}/leads/?taken`; },
    'form in the page': () => send('_top'),
    'form in a window': () => send('_blank'),
    worker: () => worker(URL.createObjectURL(new Blob(['postMessage(1)']))),
    'shared worker': () => new SharedWorker('data:text/javascript,1') && '',
    'service worker': () => navigator.serviceWorker.register(`${base}/assets/websdk/frame.js`)
      .then(() => 'registered'),
    'frame of the page': async () => {
      const frame = document.createElement('iframe');
      frame.src = `${base}/leads/`;
      document.body.append(frame);
      await late(500);
      return frame.contentDocument?.title || '';
    },
    dialog: () => confirm('Install?') && 'yes',
  };
  const got = {};
  for (const [name, act] of Object.entries(tries)) {
    got[name] = '';
    try { got[name] = (await Promise.race([act(), late(1500, '')])) || ''; } catch { /* no */ }
  }
  return got;
}"""

# Asks over the bridge, by the channel that the frame knows; each answer in words.
ASKS = """async (asks) => {
  const {channel} = document.querySelector('script[data-channel]').dataset;
  let id = 9000;
  const ask = ([name, given]) => new Promise((resolve) => {
    const mine = ++id;
    addEventListener('message', ({data}) => {
      if (data.channel !== channel || data.kind !== 'answer' || data.id !== mine) return;
      resolve(data.error === undefined ? 'yes' : 'no');
    });
    parent.postMessage({kind: 'ask', id: mine, name, given, channel}, '*');
    setTimeout(resolve, 700, 'silence');
  });
  const told = [];
  for (const one of asks) told.push(await ask(one));
  return told;
}"""
