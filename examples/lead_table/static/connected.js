"use strict";

// Tell the page that opened this window where to go on; the message is for our own site alone.
if (window.opener) {
  const onward = document.getElementById("onward").pathname;
  window.opener.postMessage({ connected: onward }, location.origin);
  window.close();
}
